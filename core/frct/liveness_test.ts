/** Signs of life with timers that are late. @module */
import assert from "node:assert/strict";
import type { Timers } from "../contract/ports.ts";
import { Scheduler } from "../sim/scheduler.ts";
import { Deadlines } from "./deadlines.ts";
import { Liveness } from "./liveness.ts";

/** One end that watches the other, on timers that are `late` milliseconds late. */
class Watch {
  readonly time = new Scheduler();
  readonly liveness: Liveness;
  signs = 0;
  deadAt: number | undefined;

  constructor(timeout: number, public late: number) {
    const { time } = this;
    const timers: Timers = { after: (delay, run) => time.after(Math.max(0, delay) + this.late, run) };
    const deadlines: Deadlines = new Deadlines(time, timers, (_, now) => this.liveness.look(now));
    this.liveness = new Liveness(timeout, deadlines, {
      keepAlive: () => this.signs++,
      dead: () => this.deadAt = time.now(),
      waiting: () => false,
    }, time.now());
  }
}

const TIMEOUTS = [1, 2, 3, 5, 8, 12, 20, 50, 100, 1000, 120_000];

for (const late of [0, 2, 5, 20]) {
  Deno.test(`a flow whose other end is dead ends after its time-out and some tens of ms, with timers ${late} ms late`, () => {
    for (const timeout of TIMEOUTS) {
      const watch = new Watch(timeout, late);
      watch.time.advance(2 * timeout + 500);
      const { deadAt = Infinity } = watch;
      assert(deadAt >= timeout && deadAt <= timeout + 40 + 5 * late, `${timeout} ms: ${deadAt}`);
    }
  });

  Deno.test(`two ends that are there tell each other so, not more than every few ms, with timers ${late} ms late`, () => {
    for (const timeout of TIMEOUTS) {
      const [one, other] = [new Watch(timeout, late), new Watch(timeout, late)];
      const length = 10 * Math.max(timeout, 100);
      for (let past = 0, seen = [0, 0]; past < length; past++) {
        for (const { time } of [one, other]) time.advance(1);
        if (one.signs > seen[0]) other.liveness.heard = true;
        if (other.signs > seen[1]) one.liveness.heard = true;
        seen = [one.signs, other.signs];
      }
      assert.deepEqual([one.deadAt, other.deadAt], [undefined, undefined], `time-out of ${timeout} ms`);
      assert(one.signs <= length / 2 + 1, `${one.signs} signs of life in ${length} ms`);
    }
  });
}

Deno.test("a process that was asleep gives the other end time to be heard, but not for ever", () => {
  const watch = new Watch(1000, 0);
  watch.time.advance(400);
  watch.liveness.heard = true;
  watch.late = 5000;
  watch.time.advance(200);
  watch.late = 0;
  watch.time.advance(5000);
  assert.equal(watch.deadAt, undefined, "it has just woken up");
  watch.time.advance(600);
  assert(watch.deadAt !== undefined, "nobody was heard since");
});
