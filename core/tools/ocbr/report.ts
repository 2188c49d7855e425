/**
 * What ocbr prints: lines, or as JSON the statistics and nothing else.
 *
 * @module
 */
import type { Output } from "../environment.ts";
import { megabits } from "../traffic/rate.ts";

/** Packets of one flow in some time. */
export interface Count {
  readonly packets: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly took: number;
}

/** Where ocbr prints. */
export class Report {
  constructor(private readonly output: Output, private readonly json: boolean) {}

  /** Says what happens. */
  say(line: string): void {
    if (!this.json) this.output.print(line);
  }

  /** Tells a count. @param line makes its line @param fd of the flow */
  tell(fd: number, count: Count, line: (count: Count) => string): void {
    const { packets, bytes, took } = count;
    const data = { flow: fd, packets, bytes, time: took, megabitsPerSecond: megabits(bytes, took) };
    this.output.print(this.json ? JSON.stringify(data) : line(count));
  }

  /** Says what went wrong. */
  complain(line: string): void {
    this.output.complain(line);
  }
}
