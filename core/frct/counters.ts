/**
 * What a flow end counts.
 *
 * @module
 */

/** Counts since the flow began. */
export interface FlowCounters {
  /** Packets written. */
  sent: number;
  /** Packets taken by the application. */
  delivered: number;
  /** Packets sent again. */
  retransmitted: number;
  /** Times without an acknowledgement in time. */
  timeouts: number;
  /** Bare acknowledgements, windows and rendezvous sent. */
  control: number;
  /** Signs of life sent. */
  keepAlivesSent: number;
  /** Empty PDUs received. */
  keepAlivesReceived: number;
  /** Packets that had arrived before. */
  duplicates: number;
  /** Packets that came before others that were sent earlier, and were kept. */
  early: number;
  /** Packets of an unreliable flow that came late, or that were lost for want of room. */
  dropped: number;
  /** Packets with numbers outside the window, or of no run. */
  outside: number;
  /** PDUs too short for their header. */
  malformed: number;
  /** PDUs with a wrong checksum. */
  damaged: number;
  /** PDUs that could not be decrypted. */
  undecryptable: number;
  /** Acknowledgements of what was never sent, or of what was acknowledged long ago. */
  acksIgnored: number;
  /** Windows that no honest receiver can have. */
  windowsIgnored: number;
  /** Windows of an unreliable flow that were not waited for any longer. */
  windowsOverridden: number;
  /** New runs of numbers that the other end began. */
  runs: number;
}

/** Returns counters that are all 0. */
export const newCounters = (): FlowCounters => ({
  sent: 0,
  delivered: 0,
  retransmitted: 0,
  timeouts: 0,
  control: 0,
  keepAlivesSent: 0,
  keepAlivesReceived: 0,
  duplicates: 0,
  early: 0,
  dropped: 0,
  outside: 0,
  malformed: 0,
  damaged: 0,
  undecryptable: 0,
  acksIgnored: 0,
  windowsIgnored: 0,
  windowsOverridden: 0,
  runs: 0,
});
