/** @module */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import { random } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry } from "./layers.ts";

const NODES = 20;

/** A digest (FNV-1a) of when each packet was sent, by whom, and of its first bytes. */
class Trace {
  #digest = 0x811c9dc5;
  packets = 0;

  add(now: number, node: number, start: Uint8Array, length: number): void {
    this.packets++;
    this.#mix(Math.round(now * 1e6) | 0);
    this.#mix(node);
    this.#mix(length);
    for (const byte of start) this.#mix(byte);
  }

  get digest(): string {
    return (this.#digest >>> 0).toString(16);
  }

  #mix(value: number): void {
    this.#digest = Math.imul(this.#digest ^ value, 0x01000193);
  }
}

/** A layer comes up on a rough network, loses a link and a node, and carries flows. */
async function run(seed: number): Promise<Trace> {
  const topology = random(NODES, 4, 7);
  const trial = await Trial.make({ topology, link: { rate: 10e6 }, registry: builtinRegistry(), seed });
  const trace = new Trace();
  const { network, layer, bringUp } = trial;
  network.observer = (flow, start, length) => trace.add(trial.now, flow.place.node, start, length);
  bringUp.start();
  trial.rest(5000);
  for (const link of network.links) {
    link.impairment = () => trial.random.below(100) < 2 ? [] : [trial.random.below(5)];
  }
  const hash = layer.hash("echo");
  layer.members[3].applications.serve(hash, (flow) => flow.onRead = (packet) => flow.write(packet), () => {});
  trial.rest(3000);
  layer.members[15].applications.allocate(hash, QOS.raw, (outcome) => {
    if (outcome.ok) outcome.value.write(new Uint8Array(100));
  });
  trial.rest(3000);
  network.links[5].cut();
  bringUp.restart(9);
  trial.rest(30_000);
  return trace;
}

Deno.test("a seed replays every packet; another seed sends others", async () => {
  const [one, again, other] = [await run(1), await run(1), await run(2)];
  assert(one.packets > 10_000, `only ${one.packets} packets were sent`);
  assert.deepEqual([again.packets, again.digest], [one.packets, one.digest]);
  assert.notEqual(other.digest, one.digest);
});
