/**
 * Quality of service of a flow: what an application asks for, and the cube (class) that layers sort it into.
 * Fields, units and values are the reference's (`qos.h`, `qoscube.c` of 0.23.0).
 *
 * @module
 */

/** The quality asked for or given. */
export interface QosSpec {
  /** Largest delay wanted, in milliseconds; 2³² − 1: any. */
  readonly delay: number;
  /** Bandwidth wanted, in bits per second. */
  readonly bandwidth: bigint;
  /** Availability wanted, as a number of nines. */
  readonly availability: number;
  /** 0: nothing may be lost (packets are retransmitted); else loss is allowed. */
  readonly loss: number;
  /** Bit errors allowed per 10⁹ bits; 0: none (a checksum is added). */
  readonly ber: number;
  /** Not 0: packets arrive in the order in which they were sent. */
  readonly inOrder: number;
  /** Longest gap wanted between two packets, in milliseconds; 2³² − 1: any. */
  readonly maxGap: number;
  /** Milliseconds of silence after which the other end counts as gone; 0: never. */
  readonly timeout: number;
}

const ANY = 0xffffffff;
const PEER_TIMEOUT = 120_000;

/** The named qualities of the reference; `raw` is the default of an application that asks for nothing. */
export const QOS = {
  raw: {
    delay: ANY,
    bandwidth: 0n,
    availability: 0,
    loss: 1,
    ber: 1,
    inOrder: 0,
    maxGap: ANY,
    timeout: PEER_TIMEOUT,
  },
  best: {
    delay: ANY,
    bandwidth: 0n,
    availability: 0,
    loss: 1,
    ber: 1,
    inOrder: 1,
    maxGap: ANY,
    timeout: PEER_TIMEOUT,
  },
  video: {
    delay: 100,
    bandwidth: 0xffffffffffffffffn,
    availability: 3,
    loss: 1,
    ber: 1,
    inOrder: 1,
    maxGap: 100,
    timeout: PEER_TIMEOUT,
  },
  voice: {
    delay: 50,
    bandwidth: 100_000n,
    availability: 5,
    loss: 1,
    ber: 1,
    inOrder: 1,
    maxGap: 50,
    timeout: PEER_TIMEOUT,
  },
  data: {
    delay: 1000,
    bandwidth: 0n,
    availability: 0,
    loss: 0,
    ber: 1,
    inOrder: 1,
    maxGap: 2000,
    timeout: PEER_TIMEOUT,
  },
} as const satisfies Record<string, QosSpec>;

/** Name of a quality of {@link QOS}. */
export type QosName = keyof typeof QOS;

/**
 * Whether the ends of a flow of this quality see to it that all arrives: in order, and nothing lost.
 *
 * @example
 * ```ts
 * import { isReliable, QOS } from "./qos.ts";
 * import assert from "node:assert/strict";
 * assert(isReliable(QOS.data) && !isReliable(QOS.voice));
 * assert(!isReliable({ ...QOS.raw, loss: 0 }), "without order there is no retransmission");
 * ```
 */
export const isReliable = ({ inOrder, loss }: QosSpec): boolean => inOrder !== 0 && loss === 0;

/** Class of a flow inside a layer: 0 best effort, 1 video, 2 voice. */
export type QosCube = 0 | 1 | 2;

/**
 * The cube that a quality is sorted into; the first that fits wins.
 *
 * @example
 * ```ts
 * import { QOS, qosCube } from "./qos.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([qosCube(QOS.raw), qosCube(QOS.video), qosCube(QOS.voice)], [0, 1, 2]);
 * ```
 */
export function qosCube(qos: QosSpec): QosCube {
  if (qos.delay <= 50 && qos.bandwidth <= 100_000n && qos.availability >= 5 && qos.maxGap <= 50) return 2;
  if (qos.delay <= 100 && qos.availability >= 3 && qos.maxGap <= 100) return 1;
  return 0;
}
