/**
 * How times are spread: counted in steps that are an eighth of their octave wide, so that few numbers hold any range.
 *
 * @module
 */
import { roundTripText } from "./round_trips.ts";

/** Steps in an octave. */
const STEPS = 8;
/** The shortest time that is told apart, in milliseconds: a microsecond. */
const LEAST = 0.001;
/** Octaves above it: up to 18 minutes. */
const OCTAVES = 30;
/** Characters of the longest bar. */
const WIDTH = 40;

/**
 * Counts of times.
 *
 * @example
 * ```ts
 * import { Histogram } from "./histogram.ts";
 * import assert from "node:assert/strict";
 * const times = new Histogram();
 * for (let time = 1; time <= 100; time++) times.add(time);
 * assert(Math.abs(times.percentile(0.5) - 50) < 50 / 8 && Math.abs(times.percentile(0.99) - 99) < 99 / 8);
 * ```
 */
export class Histogram {
  readonly #counts = new Float64Array(STEPS * OCTAVES);
  #total = 0;

  /** Counts a time, in milliseconds. */
  add(time: number): void {
    this.#counts[stepOf(time)]++;
    this.#total++;
  }

  /** Returns the time, in milliseconds, that this part of the times does not exceed: the upper end of a step. 0 without times. */
  percentile(part: number): number {
    let left = part * this.#total;
    if (this.#total === 0) return 0;
    for (let step = 0; step < this.#counts.length; step++) {
      left -= this.#counts[step];
      if (left <= 1e-9 * this.#total) return endOf(step);
    }
    return endOf(this.#counts.length - 1);
  }

  /** Returns the steps in which there are times: their upper ends in milliseconds, and how many. */
  steps(): { readonly below: number; readonly count: number }[] {
    return [...this.#counts].map((count, step) => ({ below: endOf(step), count })).filter(({ count }) =>
      count > 0
    );
  }

  /** Returns the histogram as lines of text, a bar for each step. */
  lines(): string[] {
    const steps = this.steps();
    const most = Math.max(...steps.map(({ count }) => count));
    const widest = Math.max(0, ...steps.map(({ below }) => roundTripText(below).length));
    return steps.map(({ below, count }) => {
      const bar = "█".repeat(Math.max(1, Math.round(count / most * WIDTH)));
      const part = (100 * count / this.#total).toFixed(1);
      return `< ${roundTripText(below).padStart(widest)} ${part.padStart(5)} % ${bar}`;
    });
  }
}

/** Number of the step of a time: its octave, and the part of it. */
function stepOf(time: number): number {
  const octaves = Math.log2(Math.max(time, LEAST) / LEAST);
  return Math.min(Math.floor(octaves * STEPS), STEPS * OCTAVES - 1);
}

const endOf = (step: number): number => LEAST * 2 ** ((step + 1) / STEPS);
