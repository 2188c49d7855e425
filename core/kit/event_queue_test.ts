/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EventQueue } from "./event_queue.ts";

Deno.test("property: events come in order of time, equal times in the order in which they were added", () => {
  fc.assert(fc.property(
    fc.array(fc.oneof(fc.nat(20), fc.constant("pop" as const)), { maxLength: 3000 }),
    (plan) => {
      const queue = new EventQueue();
      const model: { time: number; id: number }[] = [];
      plan.forEach((step, id) => {
        if (step === "pop") {
          const first = model.shift();
          assert.equal(queue.time, first?.time ?? Infinity);
          if (first) assert.equal(queue.pop(), first.id);
          return;
        }
        queue.push(step, id);
        const after = model.findIndex(({ time }) => time > step);
        model.splice(after < 0 ? model.length : after, 0, { time: step, id });
      });
      assert.equal(queue.length, model.length);
      while (queue.length > 0) assert.equal(queue.pop(), model.shift()?.id);
    },
  ));
});

Deno.test("property: what filter keeps stays in order", () => {
  fc.assert(fc.property(fc.array(fc.nat(20), { maxLength: 200 }), fc.nat(4), (times, rest) => {
    const queue = new EventQueue();
    times.forEach((time, id) => queue.push(time, id));
    queue.filter((id) => id % 5 !== rest);
    const expected = times.map((time, id) => ({ time, id })).filter(({ id }) => id % 5 !== rest)
      .sort((a, b) => a.time - b.time).map(({ id }) => id);
    assert.deepEqual(Array.from({ length: queue.length }, () => queue.pop()), expected);
  }));
});
