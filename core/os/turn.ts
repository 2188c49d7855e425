/**
 * The end of the turn of the event loop, when everything that can run now has run.
 *
 * @module
 */

let toCome: (() => void)[] = [];

/** Calls `run` at the end of this turn; unlike a microtask it lets sockets, signals and timers in before. */
export function afterTurn(run: () => void): void {
  if (toCome.push(run) === 1) setImmediate(endTurn);
}

/** Calls now what is to be called at the end of this turn: somebody is about to wait within it. */
export function endTurn(): void {
  const due = toCome;
  toCome = [];
  let called = 0;
  try {
    while (called < due.length) due[called++]();
  } finally {
    // What one of them throws is not the others' fault.
    for (; called < due.length; called++) afterTurn(due[called]);
  }
}

/** Returns how many calls are to come at the end of this turn or the next: a process that has some must not sleep. */
export const callsToCome = (): number => toCome.length;
