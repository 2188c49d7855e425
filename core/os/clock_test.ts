/** @module */
import assert from "node:assert/strict";
import { VirtualTime } from "../sim/virtual_time.ts";
import { QueuedTimers, systemClock, timersOver } from "./clock.ts";

const DAY = 86_400_000;

Deno.test("a timer of any length fires when its time has come, and not when it was cancelled", () => {
  const time = new VirtualTime();
  const waiting = new Map<number, { cancel(): void }>();
  let last = 0;
  const timers = timersOver((run, delay) => {
    // As the runtime does with a number of more than 31 bits.
    waiting.set(++last, time.after(delay >= 2 ** 31 ? 1 : delay, run));
    return last;
  }, (id) => waiting.get(id)?.cancel());
  const fired: number[] = [];
  for (const days of [0, 24, 25, 50, 400]) timers.after(days * DAY, () => fired.push(days));
  const cancelled = timers.after(60 * DAY, () => fired.push(60));
  timers.after(Infinity, () => fired.push(Infinity));
  for (
    const [days, done] of [[1, [0]], [24, [0, 24]], [24.9, [0, 24]], [26, [0, 24, 25]], [51, [
      0,
      24,
      25,
      50,
    ]]] as const
  ) {
    time.advance(days * DAY - time.now());
    assert.deepEqual(fired, done);
  }
  cancelled.cancel();
  time.advance(399 * DAY - time.now());
  assert.deepEqual(fired, [0, 24, 25, 50]);
  time.advance(2 * DAY);
  assert.deepEqual(fired, [0, 24, 25, 50, 400]);
});

Deno.test("queued timers fire by themselves, or when they are fired; when all are cancelled, nothing keeps the process", async () => {
  const timers = new QueuedTimers();
  const fired: string[] = [];
  await new Promise<void>((done) => {
    timers.after(3, () => (fired.push("late"), done()));
    timers.after(1, () => fired.push("early"));
  });
  assert.deepEqual(fired, ["early", "late"]);
  timers.after(0, () => fired.push("at once"));
  const never = timers.after(60_000, () => fired.push("never"));
  assert(timers.next <= systemClock.now());
  timers.fire();
  assert.deepEqual(fired, ["early", "late", "at once"]);
  // A timer that is left would be told as a leak of this test.
  never.cancel();
  assert.equal(timers.next, Infinity);
});
