/** Tests of the wait for what is under way, in virtual time. @module */
import assert from "node:assert/strict";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { drained, LIMIT, LOOK_EVERY, STILL } from "./drain.ts";

/** Waits for a count that changes with time; returns the answer and when it was there. */
async function wait(count: (now: number) => number | undefined) {
  const time = new VirtualTime();
  let answer: boolean | undefined;
  drained({ clock: time, timers: time }, () => Promise.resolve(count(time.now()))).then((is) => answer = is);
  while (answer === undefined) {
    await new Promise((turn) => setImmediate(turn));
    time.advance(LOOK_EVERY);
  }
  return { answer, after: time.now() };
}

Deno.test("packets that arrive late are waited for, for as long as some still arrive", async () => {
  const { answer, after } = await wait((now) => Math.min(100, Math.floor(now / 500)));
  assert.equal(answer, true);
  assert(after >= 50_000 + STILL && after <= 50_000 + STILL + 4 * LOOK_EVERY, `${after}`);
});

Deno.test("where nothing is under way, the wait is short", async () => {
  const { answer, after } = await wait(() => 7);
  assert.equal(answer, true);
  assert(after <= STILL + 3 * LOOK_EVERY, `${after}`);
});

Deno.test("what never ends is not waited for, nor what nobody wants to know", async () => {
  const endless = await wait((now) => now);
  assert.equal(endless.answer, false);
  assert(endless.after >= LIMIT && endless.after < LIMIT + 4 * LOOK_EVERY, `${endless.after}`);
  const stopped = await wait((now) => now < 1000 ? now : undefined);
  assert.equal(stopped.answer, false);
  assert(stopped.after < 3000, `${stopped.after}`);
});
