/**
 * What a test has measured, as text and as data.
 *
 * @module
 */
import { Histogram } from "../traffic/histogram.ts";
import { megabits } from "../traffic/rate.ts";
import { RoundTripStatistics, roundTripText } from "../traffic/round_trips.ts";
import type { Arrived, Test } from "./perf_message.ts";

const PERCENTILES = [0.5, 0.9, 0.99, 0.999] as const;

/** The measurements of a test. */
export class PerfReport {
  /** Packets sent, and the milliseconds that it took. */
  sent = { packets: 0, took: 0 };
  /** What came back, or has arrived at a server that tells it. */
  arrived: Arrived | undefined;
  readonly #times = new Histogram();
  readonly #statistics = new RoundTripStatistics();

  constructor(readonly name: string, readonly test: Test, readonly size: number) {}

  /** Takes a round-trip time in milliseconds. */
  roundTrip(time: number): void {
    this.#times.add(time);
    this.#statistics.add(time);
  }

  /** Returns the lines of the summary. @param bars with a histogram */
  lines(bars: boolean): string[] {
    const { packets, took } = this.sent;
    const { arrived } = this;
    const lines = ["", `--- ${this.name} perf statistics ---`];
    const time = arrived?.took || took;
    const bandwidth = `time: ${took.toFixed(3)} ms, bandwidth: ${this.#bandwidth(time).toFixed(3)} Mb/s.`;
    if (!arrived) return [...lines, `${packets} packets transmitted, ${bandwidth}`];
    lines.push(
      `${packets} packets transmitted, ${arrived.packets} received, ${this.#loss()}% packet loss, ${bandwidth}`,
    );
    const rtt = this.#statistics.line();
    if (rtt === undefined) return lines;
    const percentiles = PERCENTILES.map((part) => roundTripText(this.#times.percentile(part)));
    lines.push(rtt, `rtt p50/p90/p99/p99.9 = ${percentiles.join(" / ")}`);
    return bars ? [...lines, "", ...this.#times.lines()] : lines;
  }

  /** Returns all of it as plain data; times in milliseconds. */
  data(): unknown {
    const { sent, arrived, name, test, size } = this;
    const hasTimes = this.#statistics.count > 0;
    return {
      name,
      test,
      size,
      sent,
      ...(arrived ? { arrived, loss: this.#lost() } : {}),
      megabitsPerSecond: this.#bandwidth(arrived?.took || sent.took),
      ...(hasTimes
        ? {
          percentiles: Object.fromEntries(
            PERCENTILES.map((part) => [`p${part * 100}`, this.#times.percentile(part)]),
          ),
          histogram: this.#times.steps(),
        }
        : {}),
    };
  }

  #bandwidth(took: number): number {
    return megabits(this.arrived?.bytes ?? this.sent.packets * this.size, took);
  }

  #lost(): number {
    const { packets } = this.sent;
    return packets === 0 ? 0 : Math.max(0, 1 - (this.arrived?.packets ?? 0) / packets);
  }

  /** Percentage, rounded up as that of oping is. */
  #loss(): number {
    return Math.ceil(100 * this.#lost());
  }
}
