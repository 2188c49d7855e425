/**
 * A log for what strangers cause: anybody on a network can send thousands of requests a second, and must not fill the log of the host
 * with them.
 *
 * @module
 */
import type { Clock, Log } from "../contract/ports.ts";
import { TokenBucket } from "./token_bucket.ts";

/** Milliseconds between two lines that tell how many were left out, at least. */
const TELL = 10_000;

/** Takes lines of all levels. */
export type LimitedLog = Omit<Log, "component">;

/**
 * Makes a log that passes lines on, as many as the limit allows, and says now and then how many it has left out.
 *
 * @param limit lines a second, and lines at once
 * @param what the lines are about, for the line that tells how many are left out
 *
 * @example
 * ```ts
 * import { limitedLog } from "./limited_log.ts";
 * import { testingLog } from "../testing/log.ts";
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const lines: string[] = [];
 * const log = limitedLog(testingLog(lines), time, { rate: 1, burst: 2 }, "doors");
 * for (let knock = 0; knock < 9; knock++) log.warning("Somebody knocks.");
 * time.advance(1000);
 * log.warning("Somebody rings.");
 * assert.deepEqual(lines.slice(2), [
 *   "test(WW): 7 lines on doors are left out: there are too many.",
 *   "test(WW): Somebody rings.",
 * ]);
 * ```
 */
export function limitedLog(
  log: Log,
  clock: Clock,
  limit: { readonly rate: number; readonly burst: number },
  what: string,
): LimitedLog {
  const room = new TokenBucket(limit);
  let leftOut = 0;
  let told = -Infinity;
  const lines = (level: keyof LimitedLog) => (text: string) => {
    const now = clock.now();
    if (!room.take(now)) {
      leftOut++;
      return;
    }
    if (leftOut > 0 && now - told >= TELL) {
      log.warning(`${leftOut} lines on ${what} are left out: there are too many.`);
      leftOut = 0;
      told = now;
    }
    log[level](text);
  };
  return { error: lines("error"), warning: lines("warning"), info: lines("info"), debug: lines("debug") };
}
