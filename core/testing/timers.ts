/**
 * Timers that fire when a test says so.
 *
 * @module
 */
import type { Timers } from "../contract/ports.ts";

/** Timers on a clock that stands still until {@link advance}. */
export class TestingTimers implements Timers {
  #now = 0;
  readonly #armed = new Set<{ at: number; run: () => void }>();

  /** How many are armed. */
  get armed(): number {
    return this.#armed.size;
  }

  /** Arms a timer. */
  after(delay: number, run: () => void): { cancel(): void } {
    const timer = { at: this.#now + delay, run };
    this.#armed.add(timer);
    return { cancel: () => this.#armed.delete(timer) };
  }

  /** Lets `time` milliseconds pass: fires what is due, in order. */
  advance(time: number): void {
    const end = this.#now + time;
    for (;;) {
      const due = [...this.#armed].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#armed.delete(due);
      this.#now = due.at;
      due.run();
    }
    this.#now = end;
  }
}
