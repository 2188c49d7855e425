/**
 * Waits for what is under way when the senders of a lab have stopped: sockets and queues hold packets that are not lost.
 *
 * @module
 */
import type { Clock, Timers } from "../../contract/ports.ts";

/** Milliseconds between two looks; in which nothing may arrive; after which nobody waits any more. */
export const LOOK_EVERY = 200, STILL = 1000, LIMIT = 60_000;

/**
 * Waits until a count has stood still for {@link STILL} milliseconds.
 *
 * @param count gives it; undefined: nobody wants to know any more
 * @returns whether it stands still
 */
export async function drained(
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  count: () => Promise<number | undefined>,
): Promise<boolean> {
  const begun = clock.now();
  let last = await count(), since = begun;
  while (last !== undefined && clock.now() - begun < LIMIT) {
    await new Promise<void>((go) => timers.after(LOOK_EVERY, go));
    const now = await count();
    if (now !== last) since = clock.now();
    else if (clock.now() - since >= STILL) return true;
    last = now;
  }
  return false;
}
