/**
 * What data transfer counts of an N-1 flow or a component, by QoS cube.
 *
 * @module
 */
import type { Stats } from "../../../core/contract/stats.ts";
import type { QosCube } from "../../../core/contract/qos.ts";

/** What is counted, each in packets and in bytes. */
export const COUNTED = [
  "received",
  "sent",
  "localSent",
  "localReceived",
  "droppedTtl",
  "droppedLoop",
  "droppedSize",
  "failedWrites",
  "failedNextHop",
] as const;

/** One of them. */
export type Counted = typeof COUNTED[number];

const CUBES = [0, 1, 2] as const;
const WIDTH = 2 * COUNTED.length;

/** Place of packets of the counter in the block of a cube; its bytes are behind. */
const at = (counted: Counted): number => 2 * COUNTED.indexOf(counted);

/** A packet came. */
export const RECEIVED = at("received");
/** A packet went. */
export const SENT = at("sent");
/** A packet of an own component went. */
export const LOCAL_SENT = at("localSent");
/** A packet came for an own component. */
export const LOCAL_RECEIVED = at("localReceived");
/** A packet came whose hops were used up. */
export const DROPPED_TTL = at("droppedTtl");
/** A packet came that only goes around in a circle: routes are changing. */
export const DROPPED_LOOP = at("droppedLoop");
/** A packet was larger than the N-1 flow carries. */
export const DROPPED_SIZE = at("droppedSize");
/** There was no room for a packet. */
export const FAILED_WRITES = at("failedWrites");
/** There was no way for a packet. */
export const FAILED_NEXT_HOP = at("failedNextHop");

/** The counters of an N-1 flow or a component. */
export class TransferCounters {
  readonly #values = new Float64Array(CUBES.length * WIDTH);

  /** Counts one packet of `bytes`; `counter` is one of the constants above. */
  add(counter: number, cube: QosCube, bytes: number): void {
    const index = cube * WIDTH + counter;
    this.#values[index]++;
    this.#values[index + 1] += bytes;
  }

  /** All counters, by cube. */
  stats(): readonly Stats[] {
    return CUBES.map((cube) => {
      const block = this.#values.subarray(cube * WIDTH, (cube + 1) * WIDTH);
      const counters = COUNTED.map((name, index) =>
        [name, { packets: block[2 * index], bytes: block[2 * index + 1] }] as const
      );
      return { cube, ...Object.fromEntries(counters) };
    });
  }
}
