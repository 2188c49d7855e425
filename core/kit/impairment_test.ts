/**
 * @module
 */
import assert from "node:assert/strict";
import { impairment } from "./impairment.ts";
import { SeededRandom } from "./seeded_random.ts";

const many = 20_000;

function counts(options: Parameters<typeof impairment>[0]) {
  const impair = impairment(options, new SeededRandom(3));
  let [lost, twice, changed, overtaken, last] = [0, 0, 0, 0, 0];
  for (let at = 0; at < many; at++) {
    const packet = new Uint8Array(50);
    const copies = impair(packet, at);
    if (copies.length === 0) lost++;
    if (copies.length === 2) twice++;
    if (packet.some((byte) => byte !== 0)) changed++;
    for (const late of copies) {
      if (at + late < last) overtaken++;
      last = Math.max(last, at + late);
    }
  }
  return { lost: lost / many, twice: twice / many, changed: changed / many, overtaken: overtaken / many };
}

const near = (found: number, wanted: number) =>
  assert(Math.abs(found - wanted) < 0.1 * wanted + 0.001, `${found}`);

Deno.test("impairment: nothing happens when nothing is asked for", () => {
  assert.deepEqual(counts({}), { lost: 0, twice: 0, changed: 0, overtaken: 0 });
});

Deno.test("impairment: parts are lost, repeated, changed and overtaken", () => {
  const found = counts({ loss: 0.05, duplicate: 0.02, corrupt: 0.01, reorder: 0.1, reorderBy: 50 });
  near(found.lost, 0.05);
  near(found.twice, 0.95 * 0.02);
  near(found.changed, 0.95 * 0.01);
  assert(found.overtaken > 0.05);
});

Deno.test("impairment: delay and jitter keep the order", () => {
  const impair = impairment({ delay: 10, jitter: 20 }, new SeededRandom(1));
  let last = 0;
  for (let now = 0; now < 1000; now++) {
    const [late] = impair(new Uint8Array(1), now);
    assert(late >= 10 && now + late >= last);
    last = now + late;
  }
});

Deno.test("impairment: past its queue a slow line loses packets, and recovers", () => {
  const impair = impairment({ rate: 8000, queue: 3 }, new SeededRandom(1));
  const packet = new Uint8Array(100);
  const burst = Array.from({ length: 6 }, () => impair(packet, 0));
  assert.deepEqual(burst, [[100], [200], [300], [400], [], []]);
  assert.deepEqual(impair(packet, 200), [300]);
  assert.deepEqual(impair(packet, 10_000), [100]);
});

Deno.test("impairment: a seed replays it", () => {
  const options = { loss: 0.3, duplicate: 0.3, reorder: 0.3, corrupt: 0.3 };
  const run = (seed: number) => {
    const impair = impairment(options, new SeededRandom(seed));
    return Array.from({ length: 50 }, (_, now) => {
      const packet = new Uint8Array(8);
      return [impair(packet, now), packet.toHex()];
    });
  };
  assert.deepEqual(run(1), run(1));
  assert.notDeepEqual(run(1), run(2));
});
