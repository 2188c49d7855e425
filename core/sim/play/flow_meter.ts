/**
 * What is known of the packets of a flow: sent, arrived, how late, and how that changed with time.
 *
 * @module
 */
import { Histogram } from "../../tools/traffic/histogram.ts";

/** Parts into which the time of a scenario is cut. */
export const BINS = 100;

/** Packets of a flow. Times are milliseconds from when the layers were up. */
export class FlowMeter {
  sent = 0;
  received = 0;
  /** Bytes of those that were received before the flow was to stop, of the application: what comes later makes it no quicker. */
  bytes = 0;
  /** Delays: of a ping there and back, else one way. */
  readonly delays = new Histogram();
  least = Infinity;
  longest = 0;
  #total = 0;
  /** When the first flow came up, and how often it was lost. */
  upAt: number | undefined;
  lost = 0;
  /** What was tried and did not succeed, in words. */
  readonly failures: string[] = [];
  /** Bytes received, and delay of the packets, in each part of the time. */
  readonly bytesAt = new Float64Array(BINS);
  readonly delayAt = new Float64Array(BINS);
  readonly receivedAt = new Float64Array(BINS);
  /** Packets that were sent in each part of the time and have not arrived. */
  readonly lostAt = new Float64Array(BINS);
  /** Between events: sent, those of them that arrived, and the longest time without an arrival. */
  readonly epochs: { sent: number; received: number; gap: number }[];
  #last: number;

  /**
   * @param duration of the scenario
   * @param marks times of events
   * @param start when it is to start
   * @param stop when it is to stop
   */
  constructor(
    private readonly duration: number,
    private readonly marks: readonly number[],
    readonly start: number,
    private readonly stop: number,
  ) {
    this.epochs = Array.from({ length: marks.length + 1 }, () => ({ sent: 0, received: 0, gap: 0 }));
    this.#last = start;
  }

  /** Returns the mean delay; 0: nothing has arrived. */
  get mean(): number {
    return this.received === 0 ? 0 : this.#total / this.received;
  }

  /** A packet is sent. */
  send(now: number): void {
    this.sent++;
    this.lostAt[this.#bin(now)]++;
    this.epochs[this.#epoch(now)].sent++;
  }

  /** A packet arrives. @param sent when it was sent */
  receive(now: number, sent: number, bytes: number): void {
    const delay = now - sent;
    this.received++;
    if (now <= this.stop) this.bytes += bytes;
    this.delays.add(delay);
    this.#total += delay;
    if (delay < this.least) this.least = delay;
    if (delay > this.longest) this.longest = delay;
    const bin = this.#bin(now);
    this.bytesAt[bin] += bytes;
    this.receivedAt[bin]++;
    this.delayAt[bin] += delay;
    this.lostAt[this.#bin(sent)]--;
    this.epochs[this.#epoch(sent)].received++;
    this.silence(now);
    this.#last = now;
  }

  /** Counts the time since the last arrival, in each of the epochs that it is in. */
  silence(now: number): void {
    for (let epoch = this.#epoch(this.#last); epoch <= this.#epoch(now); epoch++) {
      const from = Math.max(this.#last, epoch === 0 ? 0 : this.marks[epoch - 1]);
      const to = Math.min(now, this.marks[epoch] ?? Infinity);
      const one = this.epochs[epoch];
      if (to - from > one.gap) one.gap = to - from;
    }
  }

  #bin(now: number): number {
    return Math.max(0, Math.min(BINS - 1, Math.floor(now / this.duration * BINS)));
  }

  #epoch(now: number): number {
    let epoch = 0;
    while (epoch < this.marks.length && now >= this.marks[epoch]) epoch++;
    return epoch;
  }
}
