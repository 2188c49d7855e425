/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Scheduler } from "./scheduler.ts";
import { VirtualTime } from "./virtual_time.ts";

Deno.test("property: timers fire as in the simpler virtual time", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ delay: fc.nat(50), again: fc.option(fc.nat(50)), disarm: fc.option(fc.nat(50)) })),
    (plan) => {
      const run = (time: VirtualTime | Scheduler) => {
        const fired: [number, number][] = [];
        plan.forEach(({ delay, again, disarm }, index) => {
          const timer = time.after(delay, () => {
            fired.push([index, time.now()]);
            if (again !== null) time.after(again, () => fired.push([index, time.now()]));
          });
          if (disarm !== null) time.after(disarm, () => timer.cancel());
        });
        time.advance(30);
        fired.push([-1, time.now()]);
        time.advance(200);
        return fired;
      };
      assert.deepEqual(run(new Scheduler()), run(new VirtualTime()));
    },
  ));
});

Deno.test("cancelled timers do not pile up", () => {
  const scheduler = new Scheduler(1000);
  let last = scheduler.after(1e6, () => assert.fail("it was cancelled"));
  for (let round = 0; round < 100_000; round++) {
    last.cancel();
    last.cancel();
    last = scheduler.after(1e6, () => {});
  }
  assert.equal(scheduler.waiting, 1);
  scheduler.advance(2e6);
  assert.deepEqual([scheduler.events, scheduler.waiting, scheduler.wall()], [1, 0, 2_001_000]);
});

Deno.test("a registered handler fires at its times until it is released", () => {
  const scheduler = new Scheduler();
  const fired: number[] = [];
  const id = scheduler.register({
    fire: () => {
      fired.push(scheduler.now());
      scheduler.at(scheduler.now() + 10, id);
    },
  });
  scheduler.at(5, id);
  scheduler.advance(30);
  scheduler.release(id, true);
  scheduler.after(20, () => fired.push(-1));
  scheduler.advance(30);
  assert.deepEqual(fired, [5, 15, 25, -1]);
});

Deno.test("running stops when it is told to", () => {
  const scheduler = new Scheduler();
  let count = 0;
  for (let delay = 1; delay <= 5; delay++) scheduler.after(delay, () => count++);
  assert.equal(scheduler.runUntil(100, () => count === 3), true);
  assert.equal(scheduler.now(), 3);
  assert.equal(scheduler.runUntil(100, () => count === 9), false);
  assert.equal(scheduler.now(), 100);
});
