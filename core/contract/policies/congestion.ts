/**
 * Congestion avoidance: marks packets where queues grow, and slows senders down. Cores without I/O; they never sleep, they
 * say when the next packet may go.
 *
 * @module
 */
import type { Stats } from "../stats.ts";

/** A plugin of kind `congestion`: one instance an IPCP. */
export interface Congestion {
  /**
   * The level to OR into the ECN field of a packet that goes to an N-1 flow.
   *
   * @param queued packets that stand, this one not counted, as the next one of its flow has to wait for them
   */
  mark(queued: number): number;
  /** State for one user flow. @param nowNs nanoseconds of the monotonic clock */
  flow(nowNs: number): CongestionFlow;
}

/** Congestion state of one user flow, at one of its ends. */
export interface CongestionFlow {
  /**
   * A packet from above is being sent.
   *
   * @param length its bytes, without the layer's header
   * @param nowNs nanoseconds of the monotonic clock
   * @returns the earliest time, on the same clock, at which the next packet should go; not after `nowNs`: at once
   */
  sent(length: number, nowNs: number): number;
  /**
   * A packet arrived with this ECN level.
   *
   * @returns the level to tell the sender, or undefined when there is nothing to tell
   */
  received(level: number): number | undefined;
  /** The receiver has told its level. */
  update(level: number): void;
  /** Its state, for people. */
  stats(): Stats;
}
