/**
 * Numbers of the flow protocol. Those that both ends have to agree on are the reference's (release 0.23.0); the others are ours.
 * Times are milliseconds.
 *
 * @module
 */

/** Packets that a receiver keeps for its application, and so the window: the largest of a reference, the first of ours. */
export const WINDOW = 256;
/** The largest window of ours, in packets. */
export const LARGEST_WINDOW = 1 << 16;
/** Packets that may be sent before the other end has told its window. */
export const FIRST_WINDOW = 64;
/** So long after the last packet of the other end acknowledgements mean anything. */
export const ACK_LIFE = 10_000;
/** So long without progress a packet is sent again, before the flow has failed. */
export const RETRANSMIT_LIFE = 120_000;

/** A packet waits so long for its acknowledgement at most, when nothing else is sent. */
export const ACK_DELAY = 5;
/** So many packets are acknowledged at once. */
export const ACK_EVERY = 16;
/** While more PDUs wait to be handed in, so many: each acknowledgement wakes the other end. */
export const ACK_EVERY_OF_MANY = 64;
/** While packets are missing: so many of those behind the gap, and so much time, pass between two reports of the gap. */
export const GAP_REPORT_EVERY = 4;
export const GAP_REPORT_DELAY = 1;

/** Time-out for an acknowledgement before a round trip was measured, and its limits: a reference peer waits 10 to 16. */
export const FIRST_TIMEOUT = 250;
export const MIN_TIMEOUT = 30;
export const MAX_TIMEOUT = 5000;
/** A path that is silent, however long, is tried so often: it heals without a word of anybody. */
export const MAX_BACKED_OFF = 4000;

/** A writer that found the window closed asks for it after so long, then after twice as long each time. */
export const RENDEZVOUS_FIRST = 20;
export const RENDEZVOUS_LAST = 2000;
/** A window that has opened is told again after so long, then after twice as long each time up to a limit, until a packet comes. */
export const WINDOW_AGAIN_FIRST = 50;
export const WINDOW_AGAIN_LAST = 1000;
/** So often, as the writer may have nothing more to send; and anew when it asks. */
export const WINDOW_AGAIN_TIMES = 12;
/** On an unreliable flow: the window of a silent peer counts no more after so long. */
export const OVERRIDE_AFTER = 1000;
/** On an unreliable flow a receiver tells its window after so many packets, and a sender asks when it has so few left. */
export const WINDOW_EVERY = 32;

/** Bytes that wait at one end for acknowledgement, and bytes that its receiver makes room for. */
export const BUFFER_BYTES = 16 * 1024 * 1024;
/** Bytes that windows beyond the first may take in a process, in all. */
export const PROCESS_BYTES = 16 * BUFFER_BYTES;
/** A peer that ignores the window may take so many times the bytes of it. */
export const HARD_BUFFER = 4;
/** A window that nothing was sent in for so long shrinks to the first. */
export const WINDOW_LIFE = 10_000;
/** A round trip as short as that needs no larger window. */
export const SHORT_TRIP = 2;

/** A number so far from the expected one is not of this run. */
export const FAR = 1024;
/** On an unreliable flow, where any number may be lost, so far. */
export const FAR_UNRELIABLE = 1 << 16;

/** After a close, packets that the other end sends again are answered for so long at least, and at most. */
export const MIN_QUIET = 300;
export const MAX_QUIET = 2000;

/** Meanwhile the last acknowledgement goes again after so long, then after twice as long each time, so often. */
export const LAST_WORD_AGAIN = 20;
export const LAST_WORDS = 3;

/** Time after which a receiver without packets has forgotten its peer, by the longest life of a packet in the layer. */
export const receiverLife = (mpl: number): number =>
  (Math.floor((2 * mpl + ACK_LIFE + RETRANSMIT_LIFE) / 1000) + 1) * 1000;
