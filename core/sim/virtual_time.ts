/**
 * Time that passes only when told to: clock and timers for tests and the simulator.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../contract/ports.ts";

interface Armed extends Timer {
  readonly due: number;
  /** Rises with every timer: equal times fire in the order in which they were armed. */
  readonly order: number;
  run: (() => void) | undefined;
}

const before = (a: Armed, b: Armed): boolean => a.due < b.due || (a.due === b.due && a.order < b.order);

/**
 * Clock and timers in virtual time.
 *
 * @example
 * ```ts
 * import { VirtualTime } from "./virtual_time.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const fired: number[] = [];
 * time.after(20, () => fired.push(time.now()));
 * time.after(10, () => fired.push(time.now()));
 * time.advance(100);
 * assert.deepEqual([fired, time.now()], [[10, 20], 100]);
 * ```
 */
export class VirtualTime implements Clock, Timers {
  /** A binary heap, the earliest first. A disarmed timer leaves it when its time comes or when most are disarmed. */
  #heap: Armed[] = [];
  #armed = 0;
  #now = 0;
  #order = 0;
  readonly #epoch: number;

  /** Starts at 0. @param epoch what {@link wall} shows at the start, in milliseconds since 1970 */
  constructor(epoch = 0) {
    this.#epoch = epoch;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#armed;
  }

  after(delay: number, run: () => void): Timer {
    const timer: Armed = {
      due: this.#now + Math.max(0, delay),
      order: this.#order++,
      run,
      cancel: () => this.#disarm(timer),
    };
    this.#heap.push(timer);
    this.#up(this.#heap.length - 1);
    this.#armed++;
    return timer;
  }

  /** Lets `milliseconds` pass and fires, in order, what becomes due, also what is armed meanwhile. */
  advance(milliseconds: number): void {
    const end = this.#now + milliseconds;
    while (this.#heap.length > 0 && this.#heap[0].due <= end) this.#fire(this.#pop());
    this.#now = end;
  }

  /**
   * Fires timers until none is armed, or until `limit` milliseconds have passed.
   *
   * @returns whether none is armed any more
   */
  settle(limit: number): boolean {
    const end = this.#now + limit;
    while (this.#armed > 0 && this.#heap[0].due <= end) this.#fire(this.#pop());
    return this.#armed === 0;
  }

  #fire(timer: Armed): void {
    const { run } = timer;
    if (!run) return;
    timer.run = undefined;
    this.#armed--;
    this.#now = timer.due;
    run();
  }

  #disarm(timer: Armed): void {
    if (!timer.run) return;
    timer.run = undefined;
    this.#armed--;
    if (this.#heap.length < 64 || this.#heap.length < 2 * this.#armed) return;
    this.#heap = this.#heap.filter((one) => one.run).sort((a, b) => before(a, b) ? -1 : 1);
  }

  #pop(): Armed {
    const first = this.#heap[0];
    const last = this.#heap.pop();
    if (last && last !== first) {
      this.#heap[0] = last;
      this.#down();
    }
    return first;
  }

  #up(at: number): void {
    const heap = this.#heap;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(heap[at], heap[parent])) return;
      [heap[at], heap[parent]] = [heap[parent], heap[at]];
      at = parent;
    }
  }

  #down(): void {
    const heap = this.#heap;
    for (let at = 0;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && before(heap[child], heap[least])) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least], heap[at]];
      at = least;
    }
  }
}
