/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BlockPool, PacketQueue } from "./packet_queue.ts";

Deno.test("property: packets come out as they went in, whatever their lengths, and queues do not mix", () => {
  const step = fc.record({
    queue: fc.nat(2),
    length: fc.oneof(fc.nat(60), fc.nat(9000)),
    shift: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (plan) => {
    const pool = new BlockPool();
    const queues = [0, 1, 2].map(() => ({ queue: new PacketQueue(pool), model: [] as [number, string][] }));
    plan.forEach(({ queue: which, length, shift }, time) => {
      const { queue, model } = queues[which];
      if (shift) {
        const first = model.shift();
        assert.equal(queue.arrival, first?.[0] ?? Infinity);
        if (first) assert.equal(queue.first().toHex(), first[1]);
        return queue.shift();
      }
      const packet = new Uint8Array(length).fill(time);
      const header = length % 2 === 0 ? Uint8Array.of(1, 2, 3) : undefined;
      queue.push(time, packet, header);
      model.push([time, (header ? "010203" : "") + packet.toHex()]);
    });
    for (const { queue, model } of queues) {
      assert.equal(queue.length, model.length);
      queue.clear();
      assert.deepEqual([queue.length, queue.arrival], [0, Infinity]);
    }
  }));
});
