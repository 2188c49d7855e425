/**
 * The end of the turn of the event loop, when everything that can run now has run.
 *
 * @module
 */

let toCome: (() => void)[] = [];

/**
 * Calls `run` at the end of this turn; unlike a microtask it lets sockets, signals and timers in before, but for an IPCP, which looks at
 * what has happened meanwhile after it (`wait/reactor_wait.ts`).
 */
export function afterTurn(run: () => void): void {
  if (toCome.push(run) === 1) setImmediate(endTurn);
}

/** Resolves at the end of this turn, as {@link afterTurn} says. */
export const nextTurn = (): Promise<void> => new Promise((resume) => afterTurn(resume));

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

const NONE: readonly (() => void)[] = [];
const soon: (() => void)[] = [];
let soonCount = 0;

/** Calls `run` when what runs now has run, as a microtask does, or within the turn of a process that goes on waiting in it. */
export function afterCall(run: () => void): void {
  soon[soonCount++] = run;
  if (soonCount === 1) queueMicrotask(endCall);
}

/** Calls now what {@link afterCall} has put off. */
export function endCall(): void {
  let called = 0;
  try {
    while (called < soonCount) soon[called++]();
  } finally {
    const left = called < soonCount ? soon.slice(called, soonCount) : NONE;
    soonCount = 0;
    // What one of them throws is not the others' fault.
    for (const run of left) afterCall(run);
  }
}

let wanted = false;

/** Says that promises wait for what runs now to end: a process that could go on within its turn does not. */
export function wantTurn(): void {
  wanted = true;
}

/** Returns whether {@link wantTurn} was called in this turn. */
export const turnWanted = (): boolean => wanted;

/** A new turn has begun. */
export function turnTaken(): void {
  wanted = false;
}
