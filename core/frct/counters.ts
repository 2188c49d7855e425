/**
 * What a flow end counts.
 *
 * @module
 */

/** Counts since the flow began. */
export class FlowCounters {
  /** Packets written. */
  sent = 0;
  /** Packets taken by the application. */
  delivered = 0;
  /** Packets sent again. */
  retransmitted = 0;
  /** Times without an acknowledgement in time. */
  timeouts = 0;
  /** Bare acknowledgements, windows and rendezvous sent. */
  control = 0;
  /** Signs of life sent. */
  keepAlivesSent = 0;
  /** Empty PDUs received. */
  keepAlivesReceived = 0;
  /** Packets that had arrived before. */
  duplicates = 0;
  /** Packets that came before others that were sent earlier, and were kept. */
  early = 0;
  /** Packets of an unreliable flow that came late, or that were lost for want of room. */
  dropped = 0;
  /** Packets with numbers outside the window, or of no run. */
  outside = 0;
  /** PDUs too short for their header. */
  malformed = 0;
  /** PDUs with a wrong checksum. */
  damaged = 0;
  /** PDUs that could not be decrypted. */
  undecryptable = 0;
  /** Acknowledgements of what was never sent, or of what was acknowledged long ago. */
  acksIgnored = 0;
  /** Windows that no honest receiver can have. */
  windowsIgnored = 0;
  /** Windows of an unreliable flow that were not waited for any longer. */
  windowsOverridden = 0;
  /** New runs of numbers that the other end began. */
  runs = 0;
}
