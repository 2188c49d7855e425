/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualTime } from "./virtual_time.ts";

Deno.test("timers of one time fire in the order in which they were armed", () => {
  const time = new VirtualTime();
  const fired: string[] = [];
  for (const word of ["a", "b", "c"]) time.after(5, () => fired.push(word));
  time.advance(5);
  assert.deepEqual(fired, ["a", "b", "c"]);
});

Deno.test("a timer that is armed while time passes fires in the same advance", () => {
  const time = new VirtualTime(1000);
  const fired: number[] = [];
  time.after(5, () => time.after(5, () => fired.push(time.wall())));
  time.advance(20);
  assert.deepEqual(fired, [1010]);
  assert.equal(time.now(), 20);
});

Deno.test("a disarmed timer does not fire, and disarming twice counts once", () => {
  const time = new VirtualTime();
  const timer = time.after(5, () => assert.fail("it was disarmed"));
  time.after(6, () => {});
  timer.cancel();
  timer.cancel();
  assert.equal(time.armed, 1);
  assert.equal(time.settle(10), true);
  assert.equal(time.now(), 6);
});

Deno.test("settle stops at its limit", () => {
  const time = new VirtualTime();
  const again = () => void time.after(3, again);
  again();
  assert.equal(time.settle(10), false);
  assert.equal(time.now(), 10);
});

Deno.test("property: what is not disarmed fires once, in order of time", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ delay: fc.nat(200), disarm: fc.boolean() }), { maxLength: 300 }),
    (plan) => {
      const time = new VirtualTime();
      const fired: number[] = [];
      const timers = plan.map(({ delay }) => time.after(delay, () => fired.push(delay)));
      plan.forEach(({ disarm }, index) => disarm && timers[index].cancel());
      time.advance(200);
      const expected = plan.filter((one) => !one.disarm).map((one) => one.delay).sort((a, b) => a - b);
      assert.deepEqual(fired, expected);
      assert.equal(time.armed, 0);
    },
  ));
});
