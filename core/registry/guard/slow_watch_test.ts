/** Tests of slow plugins: what the watchdog finds, and what the guard does about it. @module */
import assert from "node:assert/strict";
import { guardedOf } from "../../testing/guarded_plugin.ts";
import { callsOf, CELLS, RUNNING, SLOW, SLOW_CALL, SLOW_FOR, SLOW_SHARE } from "./cells.ts";
import type { PluginGuard } from "./plugin_guard.ts";
import { SlowWatch } from "./slow_watch.ts";

/** So many looks at plugins that each have made so many calls since the look before; 0: none runs. */
function looks(
  { cells }: Pick<PluginGuard, "cells">,
  watch: SlowWatch,
  count: number,
  calls: number,
  running = (_look: number) => 1,
) {
  for (let look = 0; look < count; look++) {
    cells[RUNNING] = running(look);
    cells[callsOf(running(look))] += calls;
    watch.look();
  }
  cells[RUNNING] = 0;
}

const told = (cells: Int32Array) => [SLOW, SLOW_CALL, SLOW_SHARE, SLOW_FOR].map((at) => cells[at]);

Deno.test("a plugin whose calls take the time of the process is found after 2 s, and again after 10 s of it", () => {
  const cells = new Int32Array(CELLS);
  const watch = new SlowWatch(cells);
  looks({ cells }, watch, 7, 5);
  assert.equal(cells[SLOW], 0);
  looks({ cells }, watch, 1, 5);
  assert.deepEqual(told(cells), [1, 50_000, 100, 2]);
  cells[SLOW] = 0;
  looks({ cells }, watch, 31, 5);
  assert.equal(cells[SLOW], 0);
  looks({ cells }, watch, 1, 5);
  assert.deepEqual(told(cells), [1, 50_000, 100, 10]);
});

Deno.test("no plugin is slow that is busy with short calls, that leaves time to others, or that is still in one call", () => {
  const harmless: [calls: number, running?: (look: number) => number][] = [
    [1000],
    [5, (look) => look % 8 === 0 ? 0 : 1],
    [5, (look) => 1 + look % 2],
    [0],
  ];
  for (const [calls, running] of harmless) {
    const cells = new Int32Array(CELLS);
    looks({ cells }, new SlowWatch(cells), 200, calls, running);
    assert.equal(cells[SLOW], 0);
  }
});

Deno.test("a slow policy is told of once, counted, and put out of use when it was slow for long", () => {
  let asked = 0;
  const { made, guard, lines } = guardedOf("congestion", () => ({
    mark: () => {
      asked++;
      return 1;
    },
  }));
  const watch = new SlowWatch(guard.cells);
  looks(guard, watch, 8, 5);
  assert.equal(made.mark(1), 1);
  assert.match(
    lines.join("\n"),
    /Plugin congestion "bad" \(\S+\) is slow: its calls take 50 ms each on average, 100 % of the time of the process for 2 s; packets wait for it\.$/,
  );
  const { faults, last, outOfUse } = guard.stats()[0];
  assert.deepEqual([faults, outOfUse], [1, false]);
  assert.match(String(last), /^its calls take 50 ms each/);
  looks(guard, watch, 32, 5);
  made.mark(1);
  assert.equal(guard.stats()[0].outOfUse, true);
  assert.match(
    lines.at(-1) ?? "",
    /is out of use as its calls take 50 ms each on average, 100 % of the time of the process for 10 s; senders are never slowed down\.$/,
  );
  assert.equal(lines.length, 2);
  assert.equal(made.mark(1), 0);
  assert.equal(asked, 2);
});

Deno.test("a slow policy that nothing stands in for stays in use, and is told of once", () => {
  const { guard, lines } = guardedOf("routing", () => ({ receive: () => {} }));
  const watch = new SlowWatch(guard.cells);
  const plugin = guard.numbered(1);
  assert(plugin);
  let ended = 0;
  guard.onGiveUp = () => ended++;
  for (let time = 0; time < 40; time++) {
    looks(guard, watch, 40, 1);
    plugin.begin();
    plugin.leave(0);
  }
  assert.equal(guard.stats()[0].outOfUse, false);
  assert(plugin.faults > 16);
  assert.deepEqual([lines.length, ended], [1, 0]);
});
