/**
 * A link between two nodes: what a packet on it goes through.
 *
 * @module
 */
import type { SimulatedFlow } from "./simulated_flow.ts";

/** Properties of a link, the same in both directions. */
export interface LinkOptions {
  /** Milliseconds from one end to the other. */
  readonly delay: number;
  /** Bits a second; infinity: a packet takes no time to be sent. */
  readonly rate: number;
  /** Packets of one flow that may wait to be sent; more are dropped. */
  readonly queue: number;
  /** Largest packet in bytes. */
  readonly maxPacket: number;
}

/** A millisecond of delay, nothing else. */
export const DEFAULT_LINK: LinkOptions = { delay: 1, rate: Infinity, queue: 1024, maxPacket: 1400 };

/**
 * What may happen to a packet on its way: for each copy that arrives the milliseconds that it comes later than it should. None:
 * it is lost. Copies that are late may be overtaken. The bytes may be changed in place; then all copies have them.
 */
export type Impairment = (packet: Uint8Array, now: number) => readonly number[];

/** A link. */
export class SimulatedLink {
  /** What happens to packets; nothing when it is left out. */
  impairment: Impairment | undefined;
  /** Flows over it, both ends of each. */
  readonly flows = new Set<SimulatedFlow>();
  /** When the last packet that was sent in each direction is out. */
  readonly #free: [number, number] = [0, 0];
  #up = true;
  #cuts = 0;

  /** Makes one; it is up. */
  constructor(
    /** Its properties. */
    readonly options: LinkOptions,
  ) {}

  /** Whether it carries packets. */
  get up(): boolean {
    return this.#up;
  }

  /** How often it was cut. */
  get cuts(): number {
    return this.#cuts;
  }

  /**
   * From now on packets on it are lost, also those on their way.
   *
   * @param notice its flows go down at both ends; without it nobody is told
   */
  cut(notice = true): void {
    if (!this.#up) return;
    this.#up = false;
    this.#cuts++;
    for (const flow of [...this.flows]) {
      flow.lose();
      if (notice) flow.fail("the link is down");
    }
  }

  /** Carries packets again. Flows that went down stay so. */
  heal(): void {
    this.#up = true;
  }

  /** Sends `length` bytes behind all that wait; gives the time at which the last bit is out. */
  transmit(direction: 0 | 1, length: number, now: number): number {
    const { rate } = this.options;
    if (rate === Infinity) return now;
    const free = Math.max(this.#free[direction], now) + 8000 * length / rate;
    this.#free[direction] = free;
    return free;
  }
}
