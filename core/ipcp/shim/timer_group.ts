/**
 * Timers that are disarmed together.
 *
 * @module
 */
import type { Timer, Timers } from "../../contract/ports.ts";

/** Timers that are disarmed together. */
export class TimerGroup implements Timers {
  readonly #timers: Timers;
  readonly #armed = new Set<Timer>();

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  after(delay: number, run: () => void): Timer {
    const timer = this.#timers.after(delay, () => {
      this.#armed.delete(timer);
      run();
    });
    this.#armed.add(timer);
    return {
      cancel: () => {
        this.#armed.delete(timer);
        timer.cancel();
      },
    };
  }

  /** Disarms all. */
  cancelAll(): void {
    for (const timer of this.#armed) timer.cancel();
    this.#armed.clear();
  }
}
