/**
 * Finds the plugin that does not return: looks at the beat of a process, whose event loop moves it on, and at the calls into plugins.
 *
 * @module
 */
import { allCalls, BEAT, callsOf, LAST, RUNNING } from "./cells.ts";

/** Milliseconds between two beats, and between two looks. */
export const LOOK_EVERY = 250;
/** Seconds without a beat after which a plugin has to answer for it. Less than what the IRMd waits for a new IPCP. */
const PATIENCE = 4;
/** Bytes that a call may take before it has returned. */
const MAX_GROWTH = 512 << 20;

/** Who keeps the process from all else, and how. */
export interface Verdict {
  /** The number of the plugin. */
  readonly id: number;
  /** What it does, for a log line. */
  readonly what: string;
}

/** A call as it was first seen. */
interface Call {
  readonly number: number;
  readonly look: number;
  readonly bytes: number;
}

/**
 * Watches a process. As its own looks are counted, and not the time, a machine that stands still blames nobody. Nor is anybody blamed
 * whose calls return, however long all of them take together.
 *
 * @example
 * ```ts
 * import { CELLS, RUNNING } from "./cells.ts";
 * import { LoopWatch } from "./loop_watch.ts";
 * import assert from "node:assert/strict";
 * const cells = new Int32Array(CELLS);
 * const watch = new LoopWatch(cells);
 * cells[RUNNING] = 7;
 * for (let look = 0; look < 16; look++) assert.equal(watch.look(0), undefined);
 * assert.deepEqual(watch.look(0), { id: 7, what: "has not returned for 4 s" });
 * ```
 */
export class LoopWatch {
  #beat = -1;
  #calls = 0;
  #look = 0;
  /** The look since which no plugin was seen to run, and no call has begun. */
  #quiet = 0;
  /** The call in which each plugin was seen since the last beat: one may have called another. */
  readonly #seen = new Map<number, Call>();

  constructor(private readonly cells: Int32Array, private readonly seconds = PATIENCE) {}

  /** Looks, once in {@link LOOK_EVERY} milliseconds. @param bytes the memory of the process */
  look(bytes: number): Verdict | undefined {
    const { cells } = this;
    this.#look++;
    const beat = Atomics.load(cells, BEAT), calls = allCalls(cells);
    if (beat !== this.#beat) this.#seen.clear();
    const id = Atomics.load(cells, RUNNING);
    if (beat !== this.#beat || calls !== this.#calls || id !== 0) this.#quiet = this.#look;
    this.#beat = beat;
    this.#calls = calls;
    return id === 0 ? this.#outside(Atomics.load(cells, LAST)) : this.#within(id, bytes);
  }

  /** No plugin runs: what the last one has left behind may. */
  #outside(id: number): Verdict | undefined {
    // No plugin has run: it is no plugin that holds the process up.
    if (id === 0 || !this.#long(this.#quiet)) return undefined;
    return { id, what: `ran last, and nothing else had its turn for ${this.seconds} s since` };
  }

  /** A plugin runs. It is the call that was seen before when no other has begun. */
  #within(id: number, bytes: number): Verdict | undefined {
    const number = Atomics.load(this.cells, callsOf(id));
    const call = this.#seen.get(id);
    if (call?.number !== number) {
      this.#seen.set(id, { number, look: this.#look, bytes });
      return undefined;
    }
    const grown = bytes - call.bytes;
    if (grown > MAX_GROWTH) {
      return { id, what: `has taken ${grown >> 20} MB in a call that has not returned` };
    }
    return this.#long(call.look) ? { id, what: `has not returned for ${this.seconds} s` } : undefined;
  }

  #long(since: number): boolean {
    return (this.#look - since) * LOOK_EVERY >= this.seconds * 1000;
  }
}
