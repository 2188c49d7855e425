/**
 * Sends many messages a few at a time, so that neither the own queues nor a peer is flooded.
 *
 * @module
 */
import type { Timers } from "../../../core/contract/ports.ts";

const BURST = 64;
const PAUSE = 20;
const MAX_JOBS = 65536;

/** Runs jobs, which stop after each message that they send. */
export class MessagePacer {
  readonly #jobs: Iterator<unknown>[] = [];
  #left = BURST;
  #resting = false;
  #running = false;

  constructor(private readonly timers: Timers) {}

  /** Runs a job: at once as far as it goes, the rest a little later. False: too many jobs wait. */
  add(job: Iterator<unknown>): boolean {
    if (this.#jobs.length >= MAX_JOBS) return false;
    this.#jobs.push(job);
    this.#run();
    return true;
  }

  #run(): void {
    if (this.#running) return;
    this.#running = true;
    for (let job = this.#jobs[0]; job !== undefined && this.#left > 0; job = this.#jobs[0]) {
      if (job.next().done) this.#jobs.shift();
      else this.#left--;
    }
    this.#running = false;
    if (this.#left === BURST || this.#resting) return;
    this.#resting = true;
    this.timers.after(PAUSE, () => {
      this.#resting = false;
      this.#left = BURST;
      this.#run();
    });
  }
}
