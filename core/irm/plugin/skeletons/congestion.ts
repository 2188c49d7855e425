/**
 * Congestion avoidance: additive increase, multiplicative decrease. A flow goes a little faster every second, and at a part of
 * its pace when one of its packets has met a queue.
 *
 * @module
 */
import type { Congestion, CongestionFlow } from "../../../contract/author_types.ts";
import type { OptionDeclaration, OptionsOf, Plugin } from "../../../contract/author_types.ts";

const options = [
  {
    name: "start",
    type: "integer",
    min: 1000,
    max: 10_000_000,
    default: 10_000,
    unit: "kbit/s",
    help: "pace of a new flow",
  },
  {
    name: "step",
    type: "integer",
    min: 0,
    max: 10_000_000,
    default: 10_000,
    unit: "kbit/s",
    help: "how much faster a flow goes after a second",
  },
  { name: "keep", type: "integer", min: 1, max: 99, default: 50, unit: "%", help: "pace after a mark" },
  {
    name: "queue",
    type: "integer",
    min: 0,
    max: 1000,
    default: 16,
    unit: "packets",
    help: "packets are marked where more than so many wait",
  },
] as const satisfies readonly OptionDeclaration[];

const SECOND = 1e9;
/** In kbit/s. The slowest pace lets the largest packet go within a second, as the contract asks. */
const SLOWEST = 1000, FASTEST = 10_000_000;
/** Nanoseconds in which marks count as one: those of one queue come together. */
const HOLD = 0.1 * SECOND;
/** The receiver tells of one in so many marked packets. */
const TELL = 8;

class Flow implements CongestionFlow {
  readonly #step: number;
  readonly #keep: number;
  /** In kbit/s. */
  #pace: number;
  #sentAt: number;
  #slowedAt = -Infinity;
  #marked = 0;

  constructor({ start, step, keep }: OptionsOf<typeof options>, nowNs: number) {
    this.#pace = start;
    this.#step = step;
    this.#keep = keep / 100;
    this.#sentAt = nowNs;
  }

  /** At the sender: a packet goes now; answers when the next one may go. */
  sent(length: number, nowNs: number): number {
    const pause = Math.min(nowNs - this.#sentAt, SECOND); // Who is silent for long gets no faster by that.
    this.#pace = Math.min(FASTEST, this.#pace + this.#step * pause / SECOND);
    this.#sentAt = nowNs;
    return nowNs + length * 8e6 / this.#pace;
  }

  /** At the receiver: a packet has arrived; answers what the sender is told. */
  received(level: number): number | undefined {
    if (level === 0) return undefined;
    return this.#marked++ % TELL === 0 ? level : undefined;
  }

  /** At the sender: the receiver has told it. */
  update(level: number): void {
    if (level === 0 || this.#sentAt - this.#slowedAt < HOLD) return;
    this.#pace = Math.max(SLOWEST, this.#pace * this.#keep);
    this.#slowedAt = this.#sentAt;
  }

  stats() {
    return { paceKbit: Math.round(this.#pace), marked: this.#marked };
  }
}

const plugin: Plugin<"congestion"> = {
  kind: "congestion",
  name: "aimd",
  apiVersion: 1,
  version: "1.0.0",
  description: "additive increase, multiplicative decrease",
  options,
  create: (_host, settings: OptionsOf<typeof options>): Congestion => ({
    mark: (queued) => queued > settings.queue ? 1 : 0,
    flow: (nowNs) => new Flow(settings, nowNs),
  }),
};

export default plugin;
