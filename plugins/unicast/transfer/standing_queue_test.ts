/** Tests of what counts as congestion. @module */
import assert from "node:assert/strict";
import { VirtualTime } from "../../../core/sim/virtual_time.ts";
import { StandingQueue } from "./standing_queue.ts";

function make() {
  const time = new VirtualTime();
  const queue = { queued: 0 };
  const standing = new StandingQueue(queue, { clock: time, timers: time });
  /** Adds `count` packets; gives what the last one is told. */
  const add = (count: number): number => {
    let told = 0;
    for (; count > 0; count--) told = standing.add(queue.queued++);
    return told;
  };
  return { time, queue, standing, add };
}

Deno.test("bursts that go away are no congestion", () => {
  const { time, queue, add } = make();
  for (let burst = 0; burst < 50; burst++) {
    assert.equal(add(500), 0);
    time.advance(1);
    queue.queued = 0;
    time.advance(1);
  }
});

Deno.test("a queue that stands is, after two windows, and no longer once it is gone", () => {
  const { time, queue, add } = make();
  const told: number[] = [];
  add(100);
  for (let ms = 0; ms < 20; ms++) {
    time.advance(1);
    queue.queued -= 20;
    told.push(add(20));
  }
  assert.deepEqual(told.map((packets) => packets > 0), told.map((_, ms) => ms >= 9), String(told));
  assert.equal(told[19], 80);
  queue.queued = 0;
  time.advance(5);
  assert.equal(add(1), 0);
  time.advance(100);
  assert.equal(time.armed, 0);
});

Deno.test("a queue whose packets wait for long is after one window", () => {
  const { time, queue, add } = make();
  add(16);
  add(84);
  for (let ms = 0; ms < 5; ms++) {
    assert.equal(add(1), 0);
    time.advance(1);
    queue.queued--;
  }
  assert.equal(add(1), 16);
});

Deno.test("a queue that is long but quick is none", () => {
  const { time, queue, add } = make();
  add(400);
  for (let ms = 0; ms < 50; ms++) {
    time.advance(1);
    queue.queued -= 1000;
    assert.equal(add(1000), 0);
  }
});

Deno.test("a queue that is as long but slow is", () => {
  const { time, queue, add } = make();
  add(400);
  for (let ms = 0; ms < 20; ms++) {
    time.advance(1);
    queue.queued -= 10;
    add(10);
  }
  assert.equal(add(1), 390);
});

Deno.test("overflow is congestion, even of bursts", () => {
  const { time, queue, standing, add } = make();
  add(1024);
  standing.overflown();
  time.advance(1);
  queue.queued = 100;
  assert.equal(add(1), 32);
  queue.queued = 0;
  time.advance(10);
  assert.equal(add(1), 0);
});

Deno.test("what is stopped arms no timer any more", () => {
  const { time, standing, add } = make();
  add(100);
  standing.stop();
  add(100);
  assert.equal(time.armed, 0);
});

Deno.test("the last packets, of which nobody says that they were taken, stop being a queue, and are not watched for ever", () => {
  const { time, queue, add } = make();
  add(20);
  time.advance(11);
  queue.queued = 4;
  time.advance(50);
  assert.equal(add(1), 4, "a slow line may be at work on them");
  time.advance(150);
  assert.equal(time.armed, 0);
  assert.equal(add(1), 0);
});
