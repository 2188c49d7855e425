/**
 * Notices that nothing was heard for long, without work for each packet.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../../contract/ports.ts";

/**
 * Calls back once when nothing was heard for so many milliseconds. Cancel what it returns when that does not matter any more.
 *
 * @param heard when something was heard last
 *
 * @example
 * ```ts
 * import { systemClock, systemTimers } from "../../os/clock.ts";
 * import { onSilence } from "./silence.ts";
 *
 * const last = systemClock.now();
 * await new Promise<void>((silent) =>
 *   onSilence({ clock: systemClock, timers: systemTimers }, 5, () => last, silent)
 * );
 * ```
 */
export function onSilence(
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  limit: number,
  heard: () => number,
  silent: () => void,
): Timer {
  const left = () => heard() + limit - clock.now();
  let timer = timers.after(left(), look);
  function look(): void {
    const rest = left();
    if (rest > 0) timer = timers.after(rest, look);
    else silent();
  }
  return { cancel: () => timer.cancel() };
}
