/**
 * Many timers of one owner on a single timer, which end together: a thousand nodes in one process stay cheap.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../contract/ports.ts";

interface Entry extends Timer {
  readonly due: number;
  readonly run: () => void;
}

/**
 * Timers that share one timer below and end together.
 *
 * @example
 * ```ts
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import { TimerGroup } from "./timer_group.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const group = new TimerGroup(time, time);
 * const fired: number[] = [];
 * for (const delay of [20, 10]) group.after(delay, () => fired.push(delay));
 * assert.equal(time.armed, 1);
 * time.advance(20);
 * assert.deepEqual(fired, [10, 20]);
 * ```
 */
export class TimerGroup implements Timers {
  /** Latest first: the next one is taken from the end. */
  readonly #entries: Entry[] = [];
  #timer: Timer | undefined;
  #armedFor = Infinity;
  #stopped = false;

  /** @param timers where the one timer is armed */
  constructor(private readonly clock: Clock, private readonly timers: Timers) {}

  after(delay: number, run: () => void): Timer {
    const entry: Entry = {
      due: this.clock.now() + Math.max(0, delay),
      run,
      cancel: () => this.#remove(entry),
    };
    if (this.#stopped) return entry;
    let low = 0;
    for (let high = this.#entries.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.#entries[middle].due > entry.due) low = middle + 1;
      else high = middle;
    }
    this.#entries.splice(low, 0, entry);
    this.#arm();
    return entry;
  }

  /** Disarms all timers, for good. */
  stop(): void {
    this.#stopped = true;
    this.#entries.length = 0;
    this.#arm();
  }

  #remove(entry: Entry): void {
    const at = this.#entries.lastIndexOf(entry);
    if (at < 0) return;
    this.#entries.splice(at, 1);
    if (this.#entries.length === 0) this.#arm();
  }

  /** Arms the timer for the next entry. A timer that is too early stays: it finds nothing due and is armed again. */
  #arm(): void {
    const next = this.#entries.at(-1);
    if (next !== undefined && next.due >= this.#armedFor) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#armedFor = Infinity;
    if (next === undefined) return;
    this.#armedFor = next.due;
    this.#timer = this.timers.after(next.due - this.clock.now(), () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    // While entries run, new ones must not arm the timer: that happens once, below.
    this.#armedFor = -Infinity;
    const now = this.clock.now();
    for (
      let next = this.#entries.at(-1);
      next !== undefined && next.due <= now;
      next = this.#entries.at(-1)
    ) {
      this.#entries.pop();
      next.run();
    }
    this.#armedFor = Infinity;
    this.#arm();
  }
}
