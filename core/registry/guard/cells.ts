/**
 * The cells of memory by which the guard of a process tells its watchdog, another thread, what plugins do, and is told who is slow.
 *
 * @module
 */

/** Where the guard notes which plugin runs (0: none), and which one ran last. */
export const RUNNING = 0, LAST = 1;
/** Where the process counts its beats. */
export const BEAT = 2;
/**
 * Where the watchdog says which plugin is slow (0: none, the guard has read it), with microseconds of a call, percent of the time of the
 * process that its calls took, and the seconds for which they did.
 */
export const SLOW = 3, SLOW_CALL = 4, SLOW_SHARE = 5, SLOW_FOR = 6;
/** Where the calls of each plugin are counted, by its number. */
const CALLS = 8;
/** Those with higher numbers share a cell: then it cannot be told that a call is still the same. */
const COUNTED = 256;
/** Cells that a process and its watchdog share. */
export const CELLS: number = CALLS + COUNTED;

/** Returns where the calls of the plugin of that number are counted. */
export const callsOf = (id: number): number => CALLS + Math.min(id, COUNTED - 1);

/** Returns the number of all calls; it begins anew, as each count does, when its cell is full. */
export function allCalls(cells: Int32Array): number {
  let sum = 0;
  for (let cell = CALLS; cell < CELLS; cell++) sum = (sum + Atomics.load(cells, cell)) | 0;
  return sum;
}
