/** Tests of when routes are computed. @module */
import assert from "node:assert/strict";
import { VirtualTime } from "../../../core/sim/virtual_time.ts";
import { DeadlineQueue } from "../../../core/kit/deadline_queue.ts";
import type { Deadline } from "../times.ts";
import { BackOff } from "./back_off.ts";

function make() {
  const time = new VirtualTime();
  const computed: number[] = [];
  const deadlines = new DeadlineQueue<Deadline>(8, time, time, (_kind, now) => backOff.due(now));
  const backOff = new BackOff(4000, deadlines, (now) => computed.push(now));
  return { time, computed, backOff };
}

Deno.test("a first change is computed soon, and changes that come together at once", () => {
  const { time, computed, backOff } = make();
  for (let change = 0; change < 10; change++) {
    backOff.changed(time.now(), false);
    time.advance(1);
  }
  time.advance(1000);
  assert.deepEqual(computed, [20]);
});

Deno.test("while changes go on, waits grow up to the longest one", () => {
  const { time, computed, backOff } = make();
  for (let change = 0; change < 6000; change++) {
    backOff.changed(time.now(), false);
    time.advance(10);
  }
  const gaps = computed.slice(1).map((at, index) => at - computed[index]);
  assert(gaps.slice(1).every((gap, index) => gap >= gaps[index]), `${gaps}`);
  const longest = gaps.at(-1) ?? 0;
  assert(longest >= 4000 && longest <= 4010, `${gaps}`);
  assert(computed.length < 25);
});

Deno.test("a change next to the member waits no longer than a quarter of a second", () => {
  const { time, computed, backOff } = make();
  for (let change = 0; change < 3000; change++) {
    backOff.changed(time.now(), false);
    time.advance(10);
  }
  const before = time.now();
  backOff.changed(before, true);
  time.advance(250);
  assert((computed.at(-1) ?? 0) >= before);
});

Deno.test("after a calm it begins anew", () => {
  const { time, computed, backOff } = make();
  for (let change = 0; change < 3000; change++) {
    backOff.changed(time.now(), false);
    time.advance(10);
  }
  time.advance(60_000);
  const before = time.now();
  backOff.changed(before, false);
  time.advance(1000);
  assert.equal(computed.at(-1), before + 20);
});

Deno.test("what cannot wait is computed at once, and not again", () => {
  const { time, computed, backOff } = make();
  backOff.changed(0, false);
  backOff.computeNow(0);
  time.advance(1000);
  assert.deepEqual(computed, [0]);
});
