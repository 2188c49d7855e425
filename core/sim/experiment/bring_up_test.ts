/** @module */
import assert from "node:assert/strict";
import { QOS } from "../../contract/qos.ts";
import { Registry } from "../../registry/registry.ts";
import type { ApplicationFlow } from "./application_flow.ts";
import { BringUp } from "./bring_up.ts";
import { SimulatedLayer } from "../layer.ts";
import { SILENT } from "../../contract/ports.ts";
import { Network } from "../network.ts";
import { greeter, plain } from "../../testing/greeter.ts";
import { grid, ring, type Topology } from "./topology.ts";

async function layerOf(topology: Topology) {
  const registry = new Registry(SILENT);
  registry.add(greeter, "test");
  registry.add(plain, "test");
  const network = new Network({ topology });
  const layer = await SimulatedLayer.make({ network, registry, seed: 1, type: "greeter" });
  const bringUp = new BringUp(layer);
  return { network, layer, bringUp };
}

async function upLayerOf(topology: Topology) {
  const made = await layerOf(topology);
  made.bringUp.start();
  assert(made.network.scheduler.runUntil(60_000, () => made.bringUp.complete));
  return made;
}

Deno.test("all members join and all links are connected", async () => {
  const { bringUp } = await upLayerOf(grid(20));
  assert.deepEqual([bringUp.enrolled, bringUp.connected, bringUp.failures], [20, 31, []]);
  // Seven hops from the first to the last: a flow and a greeting each, 2 ms; then two connections.
  assert.deepEqual([bringUp.enrolledAt, bringUp.connectedAt], [28, 36]);
});

Deno.test("a node that was started anew joins again", async () => {
  const { network, layer, bringUp } = await upLayerOf(ring(5));
  const old = layer.members[2];
  bringUp.restart(2);
  assert.equal(old.alive, false);
  assert.notEqual(layer.members[2], old);
  assert.equal(bringUp.complete, false);
  assert(network.scheduler.runUntil(60_000, () => bringUp.complete));
  assert.equal(bringUp.enrolled, 5);
});

Deno.test("what fails is tried again", async () => {
  const { network, bringUp } = await layerOf(ring(2));
  network.links[0].cut();
  bringUp.start();
  network.scheduler.after(1500, () => network.links[0].heal());
  network.scheduler.advance(2500);
  assert(bringUp.complete);
  assert.match(bringUp.failures.join(), /node\.1 enrolls with node\.0: no link leads/);
});

Deno.test("applications exchange packets over the layer and learn of the end", async () => {
  const { network, layer } = await upLayerOf(ring(3));
  const [alice, bob] = layer.members.map(({ applications }) => applications);
  const log: string[] = [];
  const hash = layer.hash("echo");
  bob.serve(hash, (flow) => {
    flow.onRead = (packet) => flow.write(packet);
    flow.onDown = (reason) => log.push(`bob: ${reason}`);
  }, (outcome) => assert(outcome.ok));
  let own: ApplicationFlow | undefined;
  alice.allocate(hash, QOS.raw, (outcome) => {
    assert(outcome.ok);
    own = outcome.value;
    own.onRead = (packet) => log.push(`alice: ${packet}`);
    own.onDown = (reason) => log.push(`alice: ${reason}`);
    own.write(Uint8Array.of(7));
  });
  alice.allocate(layer.hash("nobody"), QOS.raw, (outcome) => log.push(outcome.ok ? "?" : outcome.error.code));
  network.scheduler.advance(100);
  assert.deepEqual(log.sort(), ["OURO_NOT_ALLOCATED", "alice: 7"]);
  network.links[0].cut();
  network.scheduler.advance(100);
  assert.deepEqual(log.splice(2).sort(), ["alice: the link is down", "bob: the link is down"]);
  assert.deepEqual([own?.over, [...alice.flows].length, [...bob.flows].length], [true, 0, 0]);
});
