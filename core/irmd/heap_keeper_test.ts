import assert from "node:assert/strict";
import { TestingTimers } from "../testing/timers.ts";
import { keepSmall } from "./heap_keeper.ts";

const MB = 1 << 20;

Deno.test("a heap that has grown is made smaller, and one that is in use is not looked through again and again", async () => {
  const timers = new TestingTimers();
  let size = 10 * MB, used = 10 * MB, shrunk = 0, busy = false;
  const shrink = () => {
    shrunk++;
    size = used;
    return Promise.resolve();
  };
  const end = keepSmall({ size: () => size, busy: () => busy, shrink }, timers);
  const grow = async (to: number) => {
    size = to * MB;
    timers.advance(5000);
    await Promise.resolve();
    return [size / MB, shrunk];
  };
  assert.deepEqual(await grow(24), [24, 0]);
  assert.deepEqual(await grow(70), [10, 1]);
  used = 60 * MB;
  assert.deepEqual(await grow(80), [60, 2]);
  assert.deepEqual(await grow(85), [85, 2], "half as much again is in use before it is worth it");
  assert.deepEqual(await grow(95), [60, 3]);
  used = 10 * MB;
  assert.deepEqual(await grow(100), [10, 4]);
  busy = true;
  for (let look = 1; look < 6; look++) {
    assert.deepEqual(await grow(40), [40, 4], "while there is much to do, nobody waits for it");
  }
  assert.deepEqual(await grow(40), [10, 5], "but now and then");
  assert.deepEqual(await grow(50), [10, 6], "and where it is huge");
  end();
  assert.equal(timers.armed, 0);
});
