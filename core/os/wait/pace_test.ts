import assert from "node:assert/strict";
import { Pace } from "./pace.ts";

/** Lets packets come at equal distances. */
function follow(pace: Pace, from: number, every: number, count: number): number {
  let now = from;
  for (let each = 0; each < count; each++) pace.packets(now += every);
  return now;
}

Deno.test("packets at a human pace are waited for, also over a short pause", () => {
  for (const every of [1, 2, 10, 100]) {
    const pace = new Pace();
    const now = follow(pace, 0, every, 40);
    assert(pace.dense(now + every), `every ${every} ms`);
    assert(pace.dense(now + 49));
    assert(!pace.dense(now + 50 + 9 * every));
  }
});

Deno.test("a round trip every 100 ms is two packets, and waited for", () => {
  const pace = new Pace();
  let now = 0;
  for (let each = 0; each < 10; each++) {
    pace.packets(now += 100);
    pace.packets(now += 0.5);
  }
  assert(pace.dense(now + 100));
});

Deno.test("the signs of life of a layer at rest are not worth waiting for", () => {
  for (const every of [200, 500, 1000, 2000]) {
    const pace = new Pace();
    let now = 0;
    for (let each = 0; each < 100; each++) {
      pace.packets(now += every);
      assert(!pace.dense(now), `every ${every} ms, packet ${each}`);
    }
  }
});

Deno.test("after a pause of minutes a few packets close together are enough", () => {
  const pace = new Pace();
  const now = follow(pace, follow(pace, 0, 2, 100) + 600_000, 2, 1);
  assert(!pace.dense(now));
  assert(pace.dense(follow(pace, now, 2, 12)));
});

Deno.test("a wait is short after something has happened, and never longer than nothing has happened before", () => {
  const pace = new Pace();
  let quiet = 0;
  for (let each = 0; each < 10; each++) {
    assert(pace.wait <= Math.max(20, quiet + 20));
    quiet += pace.wait;
    pace.waited(false);
  }
  assert.equal(pace.wait, 320);
  pace.waited(true);
  assert.equal(pace.wait, 20);
});
