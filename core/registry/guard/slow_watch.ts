/**
 * Finds the plugin whose calls return, but take the time of the process: packets, and all who ask the process for something, wait for it.
 *
 * @module
 */
import { callsOf, RUNNING, SLOW, SLOW_CALL, SLOW_FOR, SLOW_SHARE } from "./cells.ts";
import { LOOK_EVERY } from "./loop_watch.ts";

/** Seconds after which a slow plugin is told of, and after which it has been slow for long. */
const TOLD_AFTER = 2;
/** See {@link TOLD_AFTER}. */
export const LONG = 10;
/** The part of the looks at which a slow plugin runs. */
const SHARE = 0.9;
/** The shortest calls that are slow, in milliseconds: a plugin may be busy for any time with short ones. */
const SHORTEST = 1;

const looksIn = (seconds: number): number => seconds * 1000 / LOOK_EVERY;

/** What a look has found: the plugin that runs, and in which call. */
interface Look {
  readonly id: number;
  readonly calls: number;
}

/** Looks at which plugin runs, and tells the guard of a slow one: once when it is found, then each time that it was slow for long. */
export class SlowWatch {
  /** Of the last seconds, the oldest first. */
  readonly #looks: Look[] = [];
  readonly #told = new Set<number>();

  constructor(private readonly cells: Int32Array) {}

  /** Looks, once in {@link LOOK_EVERY} milliseconds. */
  look(): void {
    const { cells } = this;
    const id = Atomics.load(cells, RUNNING);
    this.#looks.push({ id, calls: Atomics.load(cells, callsOf(id)) });
    if (this.#looks.length > looksIn(LONG)) this.#looks.shift();
    // The guard reads it when a call begins.
    if (id === 0 || Atomics.load(cells, SLOW) !== 0) return;
    if (this.#judge(id, LONG)) this.#looks.length = 0;
    else if (!this.#told.has(id) && this.#judge(id, TOLD_AFTER)) this.#told.add(id);
  }

  /** Tells of the plugin if it was slow for so many seconds. @returns whether it was */
  #judge(id: number, seconds: number): boolean {
    const count = looksIn(seconds);
    if (this.#looks.length < count) return false;
    const within = this.#looks.slice(-count).filter((look) => look.id === id);
    const calls = (within[within.length - 1].calls - within[0].calls) | 0;
    const each = (within.length - 1) * LOOK_EVERY / calls;
    // A call that goes on and on is another matter.
    if (within.length <= SHARE * count || calls <= 0 || each < SHORTEST) return false;
    const { cells } = this;
    Atomics.store(cells, SLOW_CALL, Math.round(each * 1000));
    Atomics.store(cells, SLOW_SHARE, Math.round(100 * within.length / count));
    Atomics.store(cells, SLOW_FOR, seconds);
    Atomics.store(cells, SLOW, id);
    return true;
  }
}
