import assert from "node:assert/strict";
import fc from "fast-check";
import { SendRing } from "./send_ring.ts";

const bytesOf = (ring: SendRing, slot: number) =>
  ring.block.bytes.slice(ring.block.slotAt(slot), ring.block.slotAt(slot) + ring.block.vector(slot));

Deno.test("a ring is a queue of limited length, whatever is put and taken", () => {
  const step = fc.oneof(
    fc.record({ header: fc.uint8Array({ maxLength: 20 }), packet: fc.uint8Array({ maxLength: 60 }) }),
    fc.nat(80),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
    const ring = new SendRing(64, 0, 8), model: Uint8Array[] = [];
    for (const step of steps) {
      if (typeof step === "number") {
        const count = Math.min(step, model.length);
        ring.take(count);
        model.splice(0, count);
      } else {
        const whole = new Uint8Array([...step.header, ...step.packet]);
        const slot = ring.put(step.header, step.packet);
        const fits = whole.length <= 64 && model.length < ring.capacity;
        assert.equal(slot >= 0, fits);
        if (fits) {
          model.push(whole);
          assert.deepEqual(bytesOf(ring, slot), whole);
        }
      }
      assert.equal(ring.count, model.length);
      assert(ring.row <= ring.count && ring.head + ring.row <= ring.capacity);
      if (model.length > 0) assert.deepEqual(bytesOf(ring, ring.head), model[0]);
    }
  }));
});

Deno.test("an empty ring starts over, a full one goes round", () => {
  const ring = new SendRing(8, 0, 4), one = new Uint8Array([1]);
  const put = () => ring.put(one, one);
  assert.deepEqual([put(), put(), put(), put(), put()], [0, 1, 2, 3, -1]);
  ring.take(2);
  assert.deepEqual([put(), ring.head, ring.row, ring.count], [0, 2, 2, 3]);
  ring.take(2);
  assert.deepEqual([ring.head, ring.row], [0, 1]);
  ring.take(1);
  assert.deepEqual([ring.head, put()], [0, 0]);
});

Deno.test("big packets make a ring shorter, but not too short", () => {
  assert.deepEqual([1514, 9014, 65549].map((largest) => new SendRing(largest).capacity), [1024, 930, 127]);
  assert.equal(new SendRing(1 << 20).capacity, 64);
});
