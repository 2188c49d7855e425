/**
 * The log for what strangers cause. Anybody on a network can send requests for flows, thousands a second, and must not fill
 * the log of the host with them.
 *
 * @module
 */
import type { Clock, Log } from "../../contract/ports.ts";
import { TokenBucket } from "../../kit/token_bucket.ts";

/** Lines at once, and lines a second when that many have been written. */
const LIMIT = { burst: 1000, rate: 20 };

/** Takes lines of all levels. */
export type RequestLog = Omit<Log, "component">;

/** Makes a log that passes lines on, as many as the limit allows, and says how many it has left out. */
export function requestLog(log: Log, clock: Clock): RequestLog {
  const room = new TokenBucket(LIMIT);
  let leftOut = 0;
  const lines = (level: keyof RequestLog) => (text: string) => {
    if (!room.take(clock.now())) {
      leftOut++;
      return;
    }
    if (leftOut > 0) log.warning(`${leftOut} lines on requests for flows are left out: there are too many.`);
    leftOut = 0;
    log[level](text);
  };
  return { error: lines("error"), warning: lines("warning"), info: lines("info"), debug: lines("debug") };
}
