/** @module */
import assert from "node:assert/strict";
import { QueueLimit } from "./queue_limit.ts";

/** Someone takes `rate` packets a millisecond, and whoever fills the queue is told `late` milliseconds after it is half empty. */
function settled(limit: QueueLimit, rate: number, late: number, rounds = 40): number {
  let now = 0;
  for (let round = 0; round < rounds; round++) {
    const queued = limit.packets;
    limit.full(queued, now);
    const took = queued / 2 / rate + late;
    now += took;
    limit.drained(Math.max(0, queued - rate * took), now);
  }
  return limit.packets;
}

Deno.test("a queue gets ten milliseconds of packets, whatever the rate, and is never empty for it", () => {
  for (const rate of [1, 10, 100]) {
    const limit = settled(new QueueLimit(4, 4096), rate, 1);
    assert(Math.abs(limit - 10 * rate) <= 2, `${limit} packets at ${rate} a millisecond`);
  }
});

Deno.test("the limit stays in its bounds", () => {
  assert.equal(settled(new QueueLimit(16, 4096), 0.1, 1), 16);
  assert.equal(settled(new QueueLimit(16, 256), 1000, 0.1), 256);
});

Deno.test("who takes nothing for a while is not slow for long", () => {
  const limit = new QueueLimit(4, 4096);
  settled(limit, 10, 0.5);
  const before = limit.packets;
  limit.full(before, 10_000);
  limit.drained(before >> 1, 10_100);
  assert(limit.packets > before / 3 && limit.packets < before, `${limit.packets}`);
  settled(limit, 10, 0.5, 4);
  assert(limit.packets > 0.9 * before, `${limit.packets}`);
});

Deno.test("what was not full is not measured", () => {
  const limit = new QueueLimit(4, 4096);
  const before = limit.packets;
  limit.sent();
  limit.drained(0, 1000);
  assert.equal(limit.packets, before);
});

Deno.test("where everybody waits long for the processor, the queue grows until it is not empty meanwhile", () => {
  // A thousand packets in the ten milliseconds that it runs, then nothing for as long.
  assert(settled(new QueueLimit(16, 4096), 100, 20) >= 2000);
});
