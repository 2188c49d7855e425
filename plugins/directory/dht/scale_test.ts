/** What lookups cost and find in layers of 10 to 300 nodes, without help from routing. @module */
import assert from "node:assert/strict";
import { type NameHash, nameHash } from "../../../core/contract/ids.ts";
import {
  SimulatedDirectories,
  type SimulatedDirectory,
} from "../../../core/conformance/directory/simulated_directories.ts";
import { dht } from "./dht.ts";

const NAMES = 60;
const LOOKUPS = 180;

interface Found {
  readonly right: number;
  /** Messages, questions and answers, of one lookup. */
  readonly mean: number;
  /** Lookups that took longer than the IRMd waits. */
  readonly late: number;
}

function lookUp(layer: SimulatedDirectories, names: readonly [NameHash, SimulatedDirectory][]): Found {
  const askers = layer.all.filter(({ alive }) => alive);
  const there = names.filter(([, { alive }]) => alive);
  let [right, messages, late] = [0, 0, 0];
  for (let index = 0; index < LOOKUPS; index++) {
    const [hash, owner] = there[index % there.length];
    const asker = askers[layer.random.below(askers.length)];
    const [before, start] = [layer.messages, layer.time.now()];
    const [best] = layer.query(asker, hash);
    if (best === owner.address) right++;
    if (layer.time.now() - start > 200) late++;
    messages += layer.messages - before;
    layer.time.advance(20);
  }
  return { right, mean: messages / LOOKUPS, late };
}

for (const [count, loss] of [[10, 0], [10, 0.1], [100, 0], [100, 0.1], [300, 0], [300, 0.1]]) {
  Deno.test(`${count} nodes, ${loss * 100} % loss: lookups find all, in O(log n) messages, also after deaths`, () => {
    const layer = new SimulatedDirectories(dht, { seed: count, strangers: true });
    layer.grow(count, 20);
    assert(layer.messages / count < 14 * Math.log2(count), `${layer.messages / count} messages to join`);
    layer.conditions.loss = loss;
    const names = Array.from({ length: NAMES }, (): [NameHash, SimulatedDirectory] => {
      const owner = layer.all[layer.random.below(count)];
      const hash = nameHash(layer.random.bytes(32).toHex());
      layer.register(owner, hash);
      return [hash, owner];
    });
    const settled = lookUp(layer, names);
    assert.equal(settled.right, LOOKUPS);
    assert.equal(settled.late, 0);
    assert(settled.mean <= (loss > 0 ? 3 : 2) * Math.log2(count), `${settled.mean} messages`);

    for (let dead = 0; dead < count / 5; dead++) {
      const alive = layer.all.filter((one) => one.alive);
      layer.kill(alive[layer.random.below(alive.length)]);
    }
    const after = lookUp(layer, names);
    assert.equal(after.right, LOOKUPS);
    assert(after.mean <= 5 * Math.log2(count), `${after.mean} messages after the deaths`);
    layer.shutdown();
  });
}
