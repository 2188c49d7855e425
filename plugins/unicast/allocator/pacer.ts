/**
 * Holds flows back until their next packet is due, all with one timer.
 *
 * @module
 */
import type { Scheduling, SchedulingQueue } from "../../../core/contract/policies/small_policies.ts";
import type { Clock, Timer, Timers } from "../../../core/contract/ports.ts";
import type { Waiter } from "../transfer/transfer_flow.ts";

/** Grain of the machine's timers, in milliseconds: what is due within it goes at once. */
export const GRAIN = 2;
const NANOSECONDS = 1e6;

/** A flow that sends at a pace. */
export interface Paced extends Waiter {
  /** When its next packet should go, in nanoseconds of the monotonic clock. */
  readonly next: number;
}

/** Flows that wait for their time. */
export class Pacer {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #released: SchedulingQueue<Paced>;
  #held: Paced[] = [];
  #timer: Timer | undefined;
  /** When the timer fires, in milliseconds. */
  #due = 0;

  constructor(ports: { readonly clock: Clock; readonly timers: Timers }, scheduling: Scheduling) {
    this.#clock = ports.clock;
    this.#timers = ports.timers;
    this.#released = scheduling.queue();
  }

  /** `flow` is told once to go on when its next packet is due. */
  hold(flow: Paced): void {
    this.#held.push(flow);
    this.#arm(flow.next / NANOSECONDS);
  }

  /** Forgets all. */
  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#held = [];
  }

  #arm(at: number): void {
    if (this.#timer !== undefined) {
      if (this.#due <= at + GRAIN / 2) return;
      this.#timer.cancel();
    }
    this.#due = at;
    this.#timer = this.#timers.after(Math.max(0, at - this.#clock.now()), this.#fire);
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    const now = (this.#clock.now() + GRAIN / 2) * NANOSECONDS;
    let earliest = Infinity;
    this.#held = this.#held.filter((flow) => {
      if (flow.next <= now) {
        this.#released.add(flow, flow.cube);
        return false;
      }
      earliest = Math.min(earliest, flow.next);
      return true;
    });
    for (let flow = this.#released.next(); flow; flow = this.#released.next()) flow.goOn();
    if (this.#held.length > 0) this.#arm(earliest / NANOSECONDS);
  };
}
