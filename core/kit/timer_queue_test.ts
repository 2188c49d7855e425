/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Timer } from "../contract/ports.ts";
import { VirtualTime } from "../sim/virtual_time.ts";
import { TimerQueue } from "./timer_queue.ts";

Deno.test("timers fire in order, each once and never before its time, and cancelled ones never", () => {
  const step = fc.record({
    delay: fc.integer({ min: -1, max: 50 }),
    cancel: fc.option(fc.nat(100)),
    pass: fc.nat(20),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const time = new VirtualTime();
    const timers = new TimerQueue(time);
    const armed: { at: number; timer: Timer; state: "armed" | "cancelled" | "fired" }[] = [];
    for (const { delay, cancel, pass } of steps) {
      const entry = {
        at: time.now() + Math.max(0, delay),
        state: "armed" as "armed" | "cancelled" | "fired",
      };
      const timer = timers.after(delay, () => {
        assert.equal(entry.state, "armed");
        assert(entry.at <= time.now());
        entry.state = "fired";
      });
      armed.push(Object.assign(entry, { timer }));
      const victim = cancel === null ? undefined : armed[cancel % armed.length];
      victim?.timer.cancel();
      if (victim?.state === "armed") victim.state = "cancelled";
      const left = armed.filter(({ state }) => state === "armed").map(({ at }) => at);
      assert.equal(timers.next, Math.min(Infinity, ...left));
      time.advance(pass);
      timers.fire();
      assert(armed.every(({ at, state }) => state !== "armed" || at > time.now()));
    }
  }));
});

Deno.test("what a timer asks for is left for the next time, and what it cancels does not fire", () => {
  const time = new VirtualTime();
  const timers = new TimerQueue(time);
  const fired: string[] = [];
  timers.after(1, () => {
    fired.push("first");
    // Its id is that of a timer that is about to fire.
    timers.after(0, () => fired.push("new"));
    second.cancel();
  });
  const second = timers.after(1, () => fired.push("second"));
  time.advance(1);
  timers.fire();
  assert.deepEqual(fired, ["first"]);
  timers.fire();
  assert.deepEqual(fired, ["first", "new"]);
});

Deno.test("timers that are armed and cancelled again and again take no more room", () => {
  const time = new VirtualTime();
  const timers = new TimerQueue(time);
  for (let index = 0; index < 100_000; index++) timers.after(1e6, () => {}).cancel();
  assert(timers.held < 4096, `${timers.held}`);
});
