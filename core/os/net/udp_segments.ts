/**
 * Several datagrams as one message: segmentation on sending and its counterpart on receiving, udp(7) `UDP_SEGMENT`,
 * `UDP_GRO`.
 *
 * @module
 */
import type { MessageBlock } from "../c/message_block.ts";
import { setOption } from "../c/net_calls.ts";
import type { SendRing } from "./send_ring.ts";

const EINVAL = 22, EIO = 5, EMSGSIZE = 90, ENOPROTOOPT = 92;
const SOL_UDP = 17, UDP_SEGMENT = 103, UDP_GRO = 104;
/** `struct cmsghdr`: length (8 bytes), level, type; then the data. */
const LENGTH = 0, LEVEL = 2, TYPE = 3, DATA = 4;
const HEADER = 16;

/** Most datagrams and bytes of one message: `UDP_MAX_SEGMENTS` of all kernels, and the length fields of IPv4 and UDP. */
const MOST_SEGMENTS = 64, MOST_BYTES = 65507;

/** Datagrams that go one by one before several are tried again as one message. */
const ONE_BY_ONE = 4096;

/** Most bytes that a message with several datagrams has on receiving. */
export const LARGEST_MESSAGE = 65535;

/** Lets a socket receive several datagrams as one message where the system can. */
export function receiveSegments(fd: number): void {
  setOption(fd, SOL_UDP, UDP_GRO, 1);
}

/** Returns the length of the datagrams in message `message` of `length` bytes; the last one may be shorter. */
export function segmentLength(block: MessageBlock, message: number, length: number): number {
  if (block.controlLength(message) < HEADER + 4) return length;
  const at = block.controlAt(message) >> 2, { words } = block;
  if (words[at + LEVEL] !== SOL_UDP || words[at + TYPE] !== UDP_GRO) return length;
  return words[at + DATA] || length;
}

/** Tells the system the length of the datagrams in a message that is sent. */
export function setSegmentLength(block: MessageBlock, message: number, length: number): void {
  const at = block.controlAt(message) >> 2, { words } = block;
  words[at + LENGTH] = HEADER + 2;
  words[at + LENGTH + 1] = 0;
  words[at + LEVEL] = SOL_UDP;
  words[at + TYPE] = UDP_SEGMENT;
  words[at + DATA] = length;
}

/**
 * How long datagrams may be that go as one message. What is in the way of longer ones may go: a device, a route, or an address
 * that was not there for a moment.
 *
 * @example
 * ```ts
 * import { SegmentLimit } from "./udp_segments.ts";
 * import assert from "node:assert/strict";
 * const limit = new SegmentLimit(9000);
 * assert.equal(limit.refused(22, 1473), true);
 * assert.equal(limit.longest, 1472);
 * limit.sent(4096);
 * assert.equal(limit.longest, 9000);
 * ```
 */
export class SegmentLimit {
  #longest: number;
  /** Datagrams until longer ones are tried again. */
  #left = 0;

  /** @param most the longest that there are */
  constructor(private readonly most: number) {
    this.#longest = most;
  }

  /** Longer datagrams have a message each at the moment. */
  get longest(): number {
    return this.#longest;
  }

  /** A message of several datagrams of this length failed. Returns whether they may pass one by one. */
  refused(errno: number, length: number): boolean {
    if (errno === EIO || errno === ENOPROTOOPT) this.#longest = 0;
    else if (errno === EINVAL || errno === EMSGSIZE) this.#longest = length - 1;
    else return false;
    this.#left = ONE_BY_ONE;
    return true;
  }

  /** So many datagrams were sent. */
  sent(datagrams: number): void {
    if (this.#longest < this.most && (this.#left -= datagrams) <= 0) this.renew();
  }

  /** The network has changed: all may be tried. */
  renew(): void {
    this.#longest = this.most;
  }
}

/**
 * Counts how many of the datagrams from `slot` on can be one message: to one endpoint and of one length, the last one may be
 * shorter.
 *
 * @param end slot before which to stop
 * @param largest longest datagrams that may share a message
 * @param same for every slot, whether it goes to the endpoint of the one before
 */
export function countSegments(
  ring: SendRing,
  slot: number,
  end: number,
  largest: number,
  same: Uint8Array,
): number {
  const length = ring.block.vector(slot);
  if (length === 0 || length > largest) return 1;
  let total = length, next = slot + 1;
  const stop = Math.min(end, slot + MOST_SEGMENTS);
  for (; next < stop && same[next] === 1; next++) {
    const bytes = ring.block.vector(next);
    total += bytes;
    if (bytes > length || bytes === 0 || total > MOST_BYTES) break;
    if (bytes < length) return next + 1 - slot;
  }
  return next - slot;
}
