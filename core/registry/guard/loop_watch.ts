/**
 * Finds the plugin that does not return: looks at the beat of a process, whose event loop moves it on.
 *
 * @module
 */
import { LAST, RUNNING } from "./plugin_guard.ts";

/** Where the process counts its beats. */
export const BEAT = 2;
/** Cells that a process and its watchdog share. */
export const CELLS = 3;
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

/**
 * Watches a process. As its own looks are counted, and not the time, a machine that stands still blames nobody.
 *
 * @example
 * ```ts
 * import { BEAT, CELLS, LoopWatch } from "./loop_watch.ts";
 * import { RUNNING } from "./plugin_guard.ts";
 * import assert from "node:assert/strict";
 * const cells = new Int32Array(CELLS);
 * const watch = new LoopWatch(cells);
 * cells[RUNNING] = 7;
 * for (let look = 0; look < 16; look++) assert.equal(watch.look(0), undefined);
 * assert.deepEqual(watch.look(0), { id: 7, what: "has not returned for 4 s" });
 * ```
 */
export class LoopWatch {
  #beat: number;
  #still = 0;
  #bytes = 0;

  constructor(private readonly cells: Int32Array, private readonly seconds = PATIENCE) {
    this.#beat = -1;
  }

  /** Looks, once in {@link LOOK_EVERY} milliseconds. @param bytes the memory of the process */
  look(bytes: number): Verdict | undefined {
    const beat = Atomics.load(this.cells, BEAT);
    if (beat !== this.#beat) {
      this.#beat = beat;
      this.#still = 0;
      this.#bytes = bytes;
      return undefined;
    }
    this.#still++;
    const running = Atomics.load(this.cells, RUNNING);
    const id = running === 0 ? Atomics.load(this.cells, LAST) : running;
    // No plugin has run: it is no plugin that holds the process up.
    if (id === 0) return undefined;
    if (running !== 0 && bytes - this.#bytes > MAX_GROWTH) {
      return { id, what: `has taken ${(bytes - this.#bytes) >> 20} MB in a call that has not returned` };
    }
    if (this.#still * LOOK_EVERY < this.seconds * 1000) return undefined;
    return {
      id,
      what: running === 0
        ? `ran last, and nothing else had its turn for ${this.seconds} s since`
        : `has not returned for ${this.seconds} s`,
    };
  }
}
