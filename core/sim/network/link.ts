/**
 * A link between two nodes: what a packet on it goes through.
 *
 * @module
 */
/** Properties of a link, the same in both directions. */
export interface LinkOptions {
  /** Milliseconds from one end to the other. */
  readonly delay: number;
  /** Bits a second; infinity: a packet takes no time to be sent. */
  readonly rate: number;
  /** Packets of one flow that may wait to be sent; more are dropped. */
  readonly queue: number;
  /** Largest packet in bytes, until {@link SimulatedLink.resize}. */
  readonly maxPacket: number;
  /** Who sends to a flow whose other end is gone is told so, as layers over Ethernet and UDP do; else nothing happens. */
  readonly absence: boolean;
}

/** A millisecond of delay, nothing else. */
export const DEFAULT_LINK: LinkOptions = {
  delay: 1,
  rate: Infinity,
  queue: 1024,
  maxPacket: 1400,
  absence: false,
};

/** Decides when the copies of a packet arrive, in milliseconds from now. */
export type LinkImpairment = (packet: Uint8Array, now: number, direction: 0 | 1) => readonly number[];

/** One end of a flow over a link, as the link sees it. */
export interface LinkEnd {
  /** The other end. */
  readonly peer: LinkEnd | undefined;
  /** Whether the flow is gone at this end. */
  readonly over: boolean;
  /** Loses the packets on their way to this end. */
  lose(): void;
  /** Tells that what the link carries has changed. */
  change(): void;
  /** Takes the flow down at this end. */
  fail(reason: string): void;
}

/** A link. */
export class SimulatedLink {
  /** What happens to packets, by the direction in which they go (see `Impairment`); nothing when it is left out. */
  impairment: LinkImpairment | undefined;
  /** Milliseconds of silence after which an end notices that the other one is gone, where the layers below do not say so; undefined: they do. */
  quiet: number | undefined;
  /** Gives what arrives at an end in place of a packet, by the direction in which it goes; undefined: nothing does. */
  translate: ((packet: Uint8Array, to: LinkEnd, direction: 0 | 1) => Uint8Array | undefined) | undefined;
  /** Flows over it, both ends of each. */
  readonly flows = new Set<LinkEnd>();
  /** When the last packet that was sent in each direction is out. */
  readonly #free: [number, number] = [0, 0];
  #up = true;
  #suspended = false;
  #maxPacket: number;
  #cuts = 0;

  /** Makes one; it is up. */
  constructor(
    /** Its properties. */
    readonly options: LinkOptions,
  ) {
    this.#maxPacket = options.maxPacket;
  }

  /** Returns whether it carries packets. */
  get up(): boolean {
    return this.#up;
  }

  /** It carries nothing, and its flows, which stay allocated, were told. */
  get suspended(): boolean {
    return this.#suspended;
  }

  /** Returns the largest packet now, in bytes. */
  get maxPacket(): number {
    return this.#maxPacket;
  }

  /** Returns how often it was cut or suspended. */
  get cuts(): number {
    return this.#cuts;
  }

  /**
   * From now on packets on it are lost, also those on their way.
   *
   * @param notice its flows go down at both ends; without it nobody is told
   */
  cut(notice = true): void {
    if (!this.#lose()) return;
    if (notice) { for (const flow of [...this.flows]) flow.fail("the link is down"); }
  }

  /** From now on packets on it are lost, also those on their way; its flows are told at both ends that they are suspended. */
  suspend(): void {
    if (!this.#lose()) return;
    this.#suspended = true;
    for (const flow of [...this.flows]) flow.change();
  }

  /**
   * Carries packets again. Flows that went down stay so; those that were suspended are told, or go down when their other end
   * has gone meanwhile.
   */
  heal(): void {
    this.#up = true;
    if (!this.#suspended) return;
    this.#suspended = false;
    for (const flow of [...this.flows]) {
      if (flow.peer?.over) flow.fail("the other end has deallocated the flow");
      else flow.change();
    }
  }

  /** From now on it carries packets of at most so many bytes: its flows are told at both ends. */
  resize(maxPacket: number): void {
    this.#maxPacket = maxPacket;
    for (const flow of [...this.flows]) flow.change();
  }

  /** Sends `length` bytes behind all that wait; gives the time at which the last bit is out. */
  transmit(direction: 0 | 1, length: number, now: number): number {
    const { rate } = this.options;
    if (rate === Infinity) return now;
    const free = Math.max(this.#free[direction], now) + 8000 * length / rate;
    this.#free[direction] = free;
    return free;
  }

  /** @returns whether it carried packets before */
  #lose(): boolean {
    if (!this.#up) return false;
    this.#up = false;
    this.#cuts++;
    for (const flow of this.flows) flow.lose();
    return true;
  }
}
