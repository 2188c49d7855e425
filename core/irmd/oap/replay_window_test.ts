/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_AGE, MAX_AHEAD, ReplayWindow } from "./replay_window.ts";

const NOW = 1_795_160_415_426;

Deno.test("what is too old to pass is forgotten", () => {
  const window = new ReplayWindow();
  for (let step = 0; step < 100; step++) {
    for (let one = 0; one < 10; one++) {
      assert.equal(window.admit(`${step}.${one}`, NOW + step * 1000, NOW + step * 1000), undefined);
    }
  }
  assert(window.size >= 210 && window.size <= 240, `${window.size} are remembered`);
});

Deno.test("nothing passes twice, in whatever order it comes and however much there is", () => {
  const requests = fc.record({
    key: fc.nat(8),
    age: fc.integer({ min: -MAX_AHEAD - 50, max: MAX_AGE + 2000 }),
    wait: fc.nat(1500),
    again: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(requests, { maxLength: 200 }), fc.integer({ min: 1, max: 30 }), (list, limit) => {
      const window = new ReplayWindow(limit);
      const passed = new Set<string>();
      const made: { key: string; timestamp: number }[] = [];
      let now = NOW;
      const take = (key: string, timestamp: number) => {
        const objection = window.admit(key, timestamp, now);
        assert(window.size <= limit);
        if (objection !== undefined) return;
        assert(!passed.has(key), `${key} passed twice`);
        passed.add(key);
      };
      for (const { key, age, wait, again } of list) {
        now += wait;
        const timestamp = now - age;
        made.push({ key: `${key}@${timestamp}`, timestamp });
        take(`${key}@${timestamp}`, timestamp);
        const old = made[made.length - 1 - again];
        if (old) take(old.key, old.timestamp);
      }
    }),
  );
});

Deno.test("a flood shortens the time that requests may be under way", () => {
  const window = new ReplayWindow(10);
  assert.equal(window.admit("old", NOW - 5000, NOW), undefined);
  for (let one = 0; one < 9; one++) assert.equal(window.admit(`${one}`, NOW, NOW), undefined);
  assert.equal(window.admit("next", NOW, NOW), undefined);
  assert.match(window.admit("old", NOW - 5000, NOW) ?? "", /too many others/);
  assert.equal(window.size, 10);
  assert.match(window.admit("more", NOW, NOW) ?? "", /too many others/);
  assert.equal(window.admit("later", NOW + 1000, NOW + 1000), undefined);
  assert.equal(window.size, 1);
});

Deno.test("a clock that was set back does not refuse what is new", () => {
  const window = new ReplayWindow(2);
  for (let one = 0; one < 6; one++) window.admit(`${one}`, NOW, NOW);
  const back = NOW - 3_600_000;
  assert.equal(window.admit("a", back, back), undefined);
  assert.equal(window.admit("a", back, back), "it was received before");
  assert.equal(window.size, 1);
});
