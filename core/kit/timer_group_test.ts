/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { VirtualTime } from "../sim/virtual_time.ts";
import { TimerGroup } from "./timer_group.ts";

Deno.test("property: it fires as timers of their own would, with one timer at a time", () => {
  const plan = fc.array(fc.record({ delay: fc.nat(50), cancel: fc.boolean(), again: fc.nat(20) }), {
    maxLength: 40,
  });
  fc.assert(fc.property(plan, (entries) => {
    const [time, plain] = [new VirtualTime(), new VirtualTime()];
    const run = (timers: VirtualTime | TimerGroup, clock: VirtualTime) => {
      const fired: [number, number][] = [];
      const armed = entries.map(({ delay, again }, index) =>
        timers.after(delay, () => {
          fired.push([clock.now(), index]);
          if (again > 0) timers.after(again, () => fired.push([clock.now(), -index]));
        })
      );
      entries.forEach(({ cancel }, index) => cancel && armed[index].cancel());
      assert(timers === plain || time.armed <= 1);
      clock.advance(100);
      assert.equal(clock.armed, 0);
      return fired;
    };
    assert.deepEqual(run(new TimerGroup(time, time), time), run(plain, plain));
  }));
});

Deno.test("after its end nothing fires, and nothing can be armed", () => {
  const time = new VirtualTime();
  const group = new TimerGroup(time, time);
  group.after(1, () => group.stop());
  group.after(1, () => assert.fail("it was stopped"));
  time.advance(1);
  group.after(1, () => assert.fail("it was stopped"));
  assert.equal(time.armed, 0);
});
