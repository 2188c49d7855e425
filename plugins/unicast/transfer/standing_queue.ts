/**
 * How much of a queue is congestion. Packets come in bursts (a read of a socket gives hundreds, a timer releases two milliseconds'
 * worth), so the length at one moment says little: what counts is what does not go away between bursts.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../../../core/contract/ports.ts";

/**
 * Milliseconds over which the shortest length is taken. A queue must stand for two windows: more than a few grains of the
 * machine's timers, and than a process waits for its turn on a busy machine.
 */
const WINDOW = 5;
/** A queue whose packets wait less than this, in milliseconds, is none. */
const TARGET = 1;
/** A queue whose packets wait so many times as long needs no second window. */
const LONG = 10;
/** Shorter queues are not looked at. */
const SHORT = 16;
/**
 * So few packets may have been taken by a process that has not said so (docs/local-protocol.md): where nothing comes and
 * goes for so many windows, they are no queue. Even a slow line takes one of them in that time.
 */
const UNREPORTED = 8;
const AT_REST = 20;
/** A queue that has overflown counts as at least so many packets until the end of the next window. */
const OVERFLOWN = 32;

/** What is watched. */
export interface Queue {
  /** Packets that wait. */
  readonly queued: number;
}

/** The part of one queue that is congestion. */
export class StandingQueue {
  #timer: Timer | undefined;
  /** Packets that have stood for two windows. */
  #standing = 0;
  /** Packets that have stood in the last window. */
  #stood = 0;
  /** Shortest length in this window. */
  #shortest = 0;
  #start = 0;
  #queuedAtStart = 0;
  #added = 0;
  #overflows = false;
  /** Windows in which nothing has come or gone, one after the other, while few packets waited. */
  #resting = 0;
  #over = false;

  constructor(
    private readonly queue: Queue,
    private readonly ports: { readonly clock: Clock; readonly timers: Timers },
  ) {}

  /** Packets that stand. */
  get standing(): number {
    return this.#standing;
  }

  /**
   * A packet is being added.
   *
   * @param queued packets that wait, this one not counted
   * @returns how many of them are congestion
   */
  add(queued: number): number {
    this.#added++;
    if (queued < this.#shortest) this.#shortest = queued;
    if (this.#timer === undefined && queued >= SHORT) this.#open(queued);
    return queued < this.#standing ? queued : this.#standing;
  }

  /** The packet was not added: the queue was full. */
  overflown(): void {
    this.#standing = Math.max(this.#standing, OVERFLOWN);
    this.#overflows = true;
    this.#added--;
  }

  /** The packet was not added, for a reason that is not the queue. */
  withdrawn(): void {
    this.#added--;
  }

  /** Disarms the timer; nothing is watched any more. */
  stop(): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #open(queued: number): void {
    if (this.#over) return;
    this.#shortest = queued;
    this.#queuedAtStart = queued;
    this.#added = 0;
    this.#start = this.ports.clock.now();
    this.#timer = this.ports.timers.after(WINDOW, this.#close);
  }

  readonly #close = (): void => {
    this.#timer = undefined;
    const { queued } = this.queue;
    const taken = this.#added - (queued - this.#queuedAtStart);
    const takenInTarget = taken * TARGET / (this.ports.clock.now() - this.#start);
    const shortest = Math.min(this.#shortest, queued);
    const stood = shortest > takenInTarget ? shortest : 0;
    const stands = this.#stood > 0 || shortest > LONG * takenInTarget;
    this.#standing = Math.max(stands ? stood : 0, this.#overflows ? OVERFLOWN : 0);
    this.#stood = stood;
    this.#overflows = false;
    const rests = queued < UNREPORTED && taken === 0 && this.#added === 0;
    this.#resting = rests ? this.#resting + 1 : 0;
    if (this.#resting === AT_REST) this.#resting = this.#stood = this.#standing = 0;
    if (queued >= SHORT || this.#standing > 0) this.#open(queued);
  };
}
