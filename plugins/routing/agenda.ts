/**
 * Several deadlines on one timer: a layer of a thousand members in one process has few timers for each.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../../core/contract/ports.ts";

/** Something to do at a time. */
export class Deadline {
  readonly #moved: (due: number) => void;
  readonly #run: (now: number) => void;
  #due = Infinity;

  constructor(run: (now: number) => void, moved: (due: number) => void) {
    this.#run = run;
    this.#moved = moved;
  }

  /** When it is due, in milliseconds of the clock; `Infinity`: not at all. */
  get due(): number {
    return this.#due;
  }

  /** It is to be done at this time, or before when that was wanted already. */
  by(time: number): void {
    if (time >= this.#due) return;
    this.#due = time;
    this.#moved(time);
  }

  /** It need not be done. */
  clear(): void {
    this.#due = Infinity;
  }

  /** Does it when it is due. It may be wanted again meanwhile. */
  runIfDue(now: number): void {
    if (this.#due > now) return;
    this.#due = Infinity;
    this.#run(now);
  }
}

/**
 * Runs what is due.
 *
 * @example
 * ```ts
 * import { VirtualTime } from "../../core/sim/virtual_time.ts";
 * import { Agenda } from "./agenda.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const agenda = new Agenda(time, time);
 * const done: number[] = [];
 * const deadline = agenda.deadline((now) => done.push(now));
 * deadline.by(30);
 * deadline.by(10);
 * deadline.by(20);
 * time.advance(100);
 * assert.deepEqual(done, [10]);
 * ```
 */
export class Agenda {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #deadlines: Deadline[] = [];
  #timer: Timer | undefined;
  /** When the timer fires; -Infinity while what is due is being run, or all is over: no timer is armed then. */
  #armedFor = Infinity;
  #over = false;

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Adds something to do; it is not due yet. */
  deadline(run: (now: number) => void): Deadline {
    const made = new Deadline(run, (due) => {
      if (due < this.#armedFor) this.#arm(due);
    });
    this.#deadlines.push(made);
    return made;
  }

  /** Nothing is run any more. */
  shutdown(): void {
    this.#over = true;
    this.#armedFor = -Infinity;
    this.#timer?.cancel();
  }

  #arm(due: number): void {
    this.#timer?.cancel();
    this.#armedFor = due;
    this.#timer = this.#timers.after(Math.max(0, due - this.#clock.now()), () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#armedFor = -Infinity;
    for (const deadline of this.#deadlines) {
      if (this.#over) return;
      deadline.runIfDue(this.#clock.now());
    }
    if (this.#over) return;
    this.#armedFor = Infinity;
    const next = this.#deadlines.reduce((least, { due }) => Math.min(least, due), Infinity);
    if (next < Infinity) this.#arm(next);
  }
}
