/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualTime } from "../sim/virtual_time.ts";
import { DeadlineQueue } from "./deadline_queue.ts";

Deno.test("property: each deadline is met at the time that was set last, with one timer at a time", () => {
  const steps = fc.array(fc.record({ kind: fc.nat(3), at: fc.nat(100), how: fc.nat(3) }), { maxLength: 30 });
  fc.assert(fc.property(steps, (plan) => {
    const time = new VirtualTime();
    const met: [number, number][] = [];
    const deadlines = new DeadlineQueue(4, time, time, (kind, now) => met.push([kind, now]));
    const wanted = new Map<number, number>();
    for (const { kind, at, how } of plan) {
      if (how === 0) {
        deadlines.clear(kind);
        wanted.delete(kind);
      } else if (how === 1) {
        deadlines.setEarlier(kind, at);
        wanted.set(kind, Math.min(at, wanted.get(kind) ?? Infinity));
      } else {
        deadlines.set(kind, at);
        wanted.set(kind, at);
      }
      assert.equal(deadlines.time(kind), wanted.get(kind) ?? Infinity);
      assert(time.armed <= 1);
    }
    time.advance(200);
    assert.deepEqual(met, [...wanted].sort(([a, at], [b, bt]) => at - bt || a - b));
    assert.equal(time.armed, 0);
  }));
});

Deno.test("what is done at a deadline may set it again, and others sooner", () => {
  const time = new VirtualTime();
  const met: string[] = [];
  const deadlines = new DeadlineQueue(2, time, time, (kind, now) => {
    met.push(`${kind} ${now}`);
    if (kind === 0) return;
    if (now < 30) deadlines.set(1, now + 10);
    deadlines.setEarlier(0, now + 1);
  });
  deadlines.set(0, 1000);
  deadlines.set(1, 10);
  time.advance(100);
  assert.deepEqual(met, ["1 10", "0 11", "1 20", "0 21", "1 30", "0 31"]);
});

Deno.test("nothing is met after the end, be it within a deadline", () => {
  const time = new VirtualTime();
  const deadlines = new DeadlineQueue(2, time, time, (kind) => {
    assert.equal(kind, 0);
    deadlines.stop();
    deadlines.set(1, 0);
  });
  deadlines.set(0, 10);
  deadlines.set(1, 10);
  time.advance(100);
  deadlines.set(1, 200);
  time.advance(200);
  assert.equal(time.armed, 0);
});
