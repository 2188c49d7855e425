/** Tests of what the watchdog looks at, look by look. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BEAT, callsOf, CELLS, LAST, RUNNING } from "./cells.ts";
import { LoopWatch } from "./loop_watch.ts";

const MB = 1 << 20;

/** Looks so often; the process beats before each look, or not. */
function looks(cells: Int32Array, watch: LoopWatch, count: number, beats: boolean, bytes = 0) {
  for (let look = 0; look < count; look++) {
    if (beats) cells[BEAT]++;
    const verdict = watch.look(bytes);
    if (verdict) return verdict;
  }
}

Deno.test("a plugin that does not return is found, by its number", () => {
  const cells = new Int32Array(CELLS);
  const watch = new LoopWatch(cells);
  assert.equal(looks(cells, watch, 100, true), undefined);
  cells[RUNNING] = 3;
  assert.equal(looks(cells, watch, 16, false), undefined);
  assert.deepEqual(looks(cells, watch, 1, false), { id: 3, what: "has not returned for 4 s" });
});

Deno.test("a plugin that lets nothing else have its turn is found after it has returned", () => {
  const cells = new Int32Array(CELLS);
  const watch = new LoopWatch(cells);
  cells[LAST] = 5;
  assert.match(
    looks(cells, watch, 20, false)?.what ?? "",
    /^ran last, and nothing else had its turn for 4 s since$/,
  );
});

Deno.test("a plugin that takes memory without end is found before the memory is", () => {
  const cells = new Int32Array(CELLS);
  const watch = new LoopWatch(cells);
  looks(cells, watch, 1, true, 100 * MB);
  cells[RUNNING] = 2;
  assert.equal(looks(cells, watch, 1, false, 200 * MB), undefined);
  assert.equal(looks(cells, watch, 1, false, 700 * MB), undefined);
  assert.deepEqual(looks(cells, watch, 1, false, 800 * MB), {
    id: 2,
    what: "has taken 600 MB in a call that has not returned",
  });
});

Deno.test("nobody is blamed whose calls return, however long they hold the process up and whatever memory they take", () => {
  const calls = fc.array(
    fc.record({ id: fc.integer({ min: 1, max: 300 }), looks: fc.integer({ min: 1, max: 16 }) }),
  );
  fc.assert(fc.property(calls, (calls) => {
    const cells = new Int32Array(CELLS);
    const watch = new LoopWatch(cells);
    let bytes = 0;
    for (const call of calls) {
      cells[RUNNING] = cells[LAST] = call.id;
      cells[callsOf(call.id)]++;
      for (let look = 0; look < call.looks; look++) {
        assert.equal(watch.look(bytes += 30 * MB), undefined);
      }
      cells[RUNNING] = 0;
      assert.equal(watch.look(bytes += 1000 * MB), undefined);
    }
  }));
});

Deno.test("a plugin that does not return is found, also when it calls others that do", () => {
  const cells = new Int32Array(CELLS);
  const watch = new LoopWatch(cells);
  cells[callsOf(1)]++;
  for (let look = 0; look < 17; look++) {
    cells[RUNNING] = look % 2 === 0 ? 1 : 2;
    if (look % 2 === 1) cells[callsOf(2)]++;
    const verdict = watch.look(0);
    if (look < 16) assert.equal(verdict, undefined);
    else assert.deepEqual(verdict, { id: 1, what: "has not returned for 4 s" });
  }
});

Deno.test("nobody is blamed where no plugin has run, and where the process beats, whatever runs at each look", () => {
  const quiet = new Int32Array(CELLS);
  assert.equal(looks(quiet, new LoopWatch(quiet), 1000, false, 9000 * MB), undefined);
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 50 }), (pauses) => {
    const cells = new Int32Array(CELLS);
    const watch = new LoopWatch(cells);
    cells[RUNNING] = 1;
    for (const pause of pauses) {
      assert.equal(looks(cells, watch, 1, true), undefined);
      assert.equal(looks(cells, watch, pause, false), undefined);
    }
  }));
});
