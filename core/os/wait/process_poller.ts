/**
 * The one poller of a process, which all that waits for descriptors shares.
 *
 * @module
 */
import { queueTimers } from "../clock.ts";
import { EventLoopPoller } from "./event_loop_poller.ts";

/** How to say in the environment that processes leave the sleeping to the runtime. */
const SWITCH = "OURO_SLEEP";

let sleeps = false;
let stays = false;
let poller: EventLoopPoller | undefined;

/**
 * Lets this process sleep in a call of its own while there is traffic, unless the environment says `OURO_SLEEP=runtime`. It must have
 * nothing else to do, and call this before anything waits for a descriptor.
 *
 * @param promises what packets bring about is done by promises, which wait for the end of a turn: then no turn goes on after a packet
 */
export function sleepHere(promises: boolean): void {
  stays = !promises;
  sleeps = Deno.env.get(SWITCH) !== "runtime";
  if (sleeps) queueTimers();
}

/** Returns whether this process sleeps in a call of its own. */
export const sleepsHere = (): boolean => sleeps;

/** Returns the poller of this process. */
export function processPoller(): EventLoopPoller {
  return poller ??= new EventLoopPoller({ sleeps, stays });
}
