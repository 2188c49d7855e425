/**
 * Voice, video and best effort together on a line that cannot carry them all: how long the packets of each QoS cube take.
 *
 * @module
 */
import { QOS } from "../../core/contract/qos.ts";
import type { ApplicationFlow } from "../../core/sim/experiment/application_flow.ts";
import { type LineOptions, SimulatedLine } from "./congestion.ts";

/** A kind of traffic: flows of a quality, each of packets of a size, one every so many milliseconds. */
export interface Traffic {
  readonly quality: "voice" | "video" | "raw";
  readonly flows: number;
  readonly bytes: number;
  readonly interval: number;
}

/** What is offered: so much of each kind, in megabits a second, on a line of `rate`. */
export const OVERLOADS: Readonly<Record<string, (rate: number) => readonly Traffic[]>> = {
  "best effort floods": (rate) => [
    { quality: "voice", flows: 2, bytes: 200, interval: 20 },
    { quality: "video", flows: 2, ...packets(1000, 0.2 * rate) },
    { quality: "raw", flows: 2, ...packets(1385, rate) },
  ],
  "video floods": (rate) => [
    { quality: "voice", flows: 2, bytes: 200, interval: 20 },
    { quality: "video", flows: 2, ...packets(1000, rate) },
    { quality: "raw", flows: 2, ...packets(1385, rate) },
  ],
};

/** Packets of a size that make a rate together. */
const packets = (bytes: number, rate: number) => ({ bytes, interval: 8000 * bytes / rate });

/** What became of a kind of traffic. */
export interface Served {
  readonly quality: Traffic["quality"];
  /** Bits a second that were offered and that came, of the application's bytes. */
  readonly offered: number;
  readonly came: number;
  /** Milliseconds from an end to the other: the middle, one in a hundred more than, the longest. */
  readonly delay: { readonly middle: number; readonly late: number; readonly longest: number };
}

/** Returns the middle, the hundredth and the last of times, in milliseconds. */
export function delays(times: readonly number[]): Served["delay"] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
  return { middle: at(0.5), late: at(0.99), longest: at(1) };
}

/** A flow whose packets say when they were due. */
class TimedFlow {
  /** Milliseconds that each packet took. */
  readonly times: number[] = [];
  readonly #packet: Uint8Array;
  readonly #view: DataView;
  /** When the next packet is due. */
  #due: number;
  #stopped = false;

  constructor(
    private readonly near: ApplicationFlow,
    far: ApplicationFlow,
    private readonly line: SimulatedLine,
    private readonly traffic: Traffic,
  ) {
    const { scheduler } = line.trial.network;
    this.#packet = new Uint8Array(traffic.bytes);
    this.#view = new DataView(this.#packet.buffer);
    this.#due = scheduler.now();
    far.onRead = (packet) => {
      const sent = new DataView(packet.buffer, packet.byteOffset).getFloat64(0);
      this.times.push(scheduler.now() - sent);
    };
    near.onWritable = () => this.#next();
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    const { scheduler } = this.line.trial.network;
    if (this.#stopped) return;
    const now = scheduler.now();
    if (now < this.#due) return void scheduler.after(this.#due - now, () => this.#next());
    // What the layer does not take is not made: a sender with a camera drops pictures.
    this.#view.setFloat64(0, now);
    if (!this.near.write(this.#packet)) return;
    this.#due = Math.max(this.#due + this.traffic.interval, now - this.traffic.interval);
    scheduler.after(Math.max(0, this.#due - now), () => this.#next());
  }
}

/** Runs an overload for so many milliseconds, the first of which do not count. */
export async function overload(
  options: LineOptions,
  kinds: readonly Traffic[],
  warmUp: number,
  duration: number,
): Promise<Served[]> {
  const line = await SimulatedLine.make(options);
  const running = kinds.map((traffic) => ({
    traffic,
    flows: Array.from({ length: traffic.flows }, () => {
      let made: TimedFlow | undefined;
      line.open(QOS[traffic.quality], (near, far) => made = new TimedFlow(near, far, line, traffic));
      return made;
    }).filter((flow) => flow !== undefined),
  }));
  line.trial.rest(warmUp);
  for (const { flows } of running) for (const flow of flows) flow.times.length = 0;
  line.trial.rest(duration);
  return running.map(({ traffic, flows }) => {
    const times = flows.flatMap((flow) => flow.times);
    for (const flow of flows) flow.stop();
    const bits = 8 * traffic.bytes;
    return {
      quality: traffic.quality,
      offered: traffic.flows * 1000 * bits / traffic.interval,
      came: 1000 * bits * times.length / duration,
      delay: delays(times),
    };
  });
}
