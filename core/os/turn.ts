/**
 * The end of the turn of the event loop, when everything that can run now has run.
 *
 * @module
 */

/** Calls `run` at the end of this turn; unlike a microtask it lets sockets, signals and timers in before. */
export function afterTurn(run: () => void): void {
  setImmediate(run);
}
