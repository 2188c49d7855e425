/**
 * What ocbr counts.
 *
 * @module
 */
import { megabits } from "../traffic/rate.ts";

/** Packets of one flow in some time. */
export interface Count {
  readonly packets: number;
  readonly bytes: number;
  /** Milliseconds. */
  readonly took: number;
}

/** Returns a count as plain data. @param fd of the flow */
export const countData = (fd: number, { packets, bytes, took }: Count): unknown => ({
  flow: fd,
  packets,
  bytes,
  time: took,
  megabitsPerSecond: megabits(bytes, took),
});
