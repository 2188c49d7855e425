/**
 * Virtual time for a whole network: one queue of events for all nodes, so that a run is the same each time.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../contract/ports.ts";
import { EventQueue } from "../kit/event_queue.ts";

/** What an event does when its time comes. */
export interface EventHandler {
  /** The time has come. */
  fire(): void;
}

/** Cancelled timers that may wait in the queue, beyond as many as there are events to come. */
const GARBAGE = 4096;

class Armed implements Timer, EventHandler {
  run: (() => void) | undefined;

  constructor(readonly scheduler: Scheduler, readonly id: number, run: () => void) {
    this.run = run;
  }

  fire(): void {
    const { run } = this;
    this.run = undefined;
    run?.();
  }

  cancel(): void {
    if (!this.run) return;
    this.run = undefined;
    this.scheduler.disarm(this.id);
  }
}

/**
 * Clock, timers and events in virtual time, in milliseconds from 0. Equal times keep the order in which they were asked for.
 *
 * @example
 * ```ts
 * import { Scheduler } from "./scheduler.ts";
 * import assert from "node:assert/strict";
 * const scheduler = new Scheduler();
 * const fired: number[] = [];
 * scheduler.after(20, () => fired.push(scheduler.now()));
 * scheduler.after(10, () => fired.push(scheduler.now()));
 * scheduler.advance(100);
 * assert.deepEqual([fired, scheduler.now()], [[10, 20], 100]);
 * ```
 */
export class Scheduler implements Clock, Timers {
  readonly #queue = new EventQueue();
  /** By id; a cancelled timer leaves a hole until its time comes. */
  readonly #handlers: (EventHandler | undefined)[] = [];
  readonly #free: number[] = [];
  #cancelled = 0;
  #now = 0;
  #events = 0;

  /** Starts at 0. @param epoch what {@link wall} shows at the start, in milliseconds since 1970 */
  constructor(private readonly epoch = 0) {}

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.epoch + this.#now;
  }

  /** Returns how many events have happened so far. */
  get events(): number {
    return this.#events;
  }

  /** Returns how many events are to come. */
  get waiting(): number {
    return this.#queue.length - this.#cancelled;
  }

  after(delay: number, run: () => void): Timer {
    const id = this.#free.pop() ?? this.#handlers.length;
    const timer = new Armed(this, id, run);
    this.#handlers[id] = timer;
    this.#queue.push(this.#now + (delay > 0 ? delay : 0), id);
    return timer;
  }

  /** Gives a handler an id for {@link at}, until {@link release}. */
  register(handler: EventHandler): number {
    const id = this.#free.pop() ?? this.#handlers.length;
    this.#handlers[id] = handler;
    return id;
  }

  /** Fires a registered handler at a time, which is not in the past; no allocation. Only one time may be asked for at once. */
  at(time: number, id: number): void {
    this.#queue.push(time, id);
  }

  /** Takes the id back. @param asked whether a time is asked for */
  release(id: number, asked: boolean): void {
    if (asked) return this.disarm(id);
    this.#handlers[id] = undefined;
    this.#free.push(id);
  }

  /** The event with this id does not happen; for {@link Timer.cancel}. */
  disarm(id: number): void {
    this.#handlers[id] = undefined;
    this.#cancelled++;
    if (2 * this.#cancelled < this.#queue.length + GARBAGE) return;
    this.#queue.filter((one) => {
      if (this.#handlers[one]) return true;
      this.#free.push(one);
      return false;
    });
    this.#cancelled = 0;
  }

  /** Lets `milliseconds` pass: what becomes due happens, in order, also what is asked for meanwhile. */
  advance(milliseconds: number): void {
    this.runUntil(this.#now + milliseconds, () => false);
  }

  /**
   * Lets time pass until `stop` says so after an event, or until `end`.
   *
   * @returns whether `stop` said so
   */
  runUntil(end: number, stop: () => boolean): boolean {
    const queue = this.#queue;
    while (queue.time <= end) {
      this.#step();
      if (stop()) return true;
    }
    this.#now = end;
    return false;
  }

  #step(): void {
    const time = this.#queue.time;
    const id = this.#queue.pop();
    const handler = this.#handlers[id];
    if (!handler) {
      this.#cancelled--;
      this.#free.push(id);
      return;
    }
    this.#now = time;
    this.#events++;
    if (handler instanceof Armed) {
      this.#handlers[id] = undefined;
      this.#free.push(id);
    }
    handler.fire();
  }
}
