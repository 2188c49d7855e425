/**
 * Opens what a layer is on, and waits where that cannot be for a moment only.
 *
 * @module
 */
import { asOuroError, ExistsError, type OuroError, WouldBlockError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Timers } from "../../contract/ports.ts";

/** Milliseconds between tries. */
const PAUSE = 100;
/** Tries while an IPv6 address waits for the word that nobody else has it: 2 s, if nothing is lost. */
const TRIES_FOR_ADDRESS = 40;
/** Tries while the place is taken: a process that has been killed may let it go a little later. */
const TRIES_FOR_PLACE = 10;

/**
 * Calls `open` until it gives something.
 *
 * @throws whatever `open` throws at the first try that does not pass by itself
 *
 * @example
 * ```ts
 * import { WouldBlockError } from "../../contract/errors.ts";
 * import { VirtualTime } from "../../sim/virtual_time.ts";
 * import { openPort } from "./open_port.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime(), opened: unknown[] = [];
 * openPort(time, () => {
 *   if (time.now() < 150) throw new WouldBlockError("not yet");
 *   return "a port";
 * }, (outcome) => opened.push(outcome.ok && outcome.value));
 * time.advance(200);
 * assert.deepEqual(opened, ["a port"]);
 * ```
 */
export function openPort<Port>(timers: Timers, open: () => Port, done: Done<Port>): void {
  const attempt = (number: number): OuroError | undefined => {
    let port;
    try {
      port = open();
    } catch (thrown) {
      const error = asOuroError(thrown);
      if (number >= triesFor(error)) return error;
      timers.after(PAUSE, () => {
        const last = attempt(number + 1);
        if (last) done(failure(last));
      });
      return undefined;
    }
    done(success(port));
    return undefined;
  };
  const refused = attempt(0);
  if (refused) throw refused;
}

function triesFor(error: OuroError): number {
  if (error instanceof WouldBlockError) return TRIES_FOR_ADDRESS;
  return error instanceof ExistsError ? TRIES_FOR_PLACE : 0;
}
