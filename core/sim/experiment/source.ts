/**
 * An application that sends packets of one length, as many as its processor and the layer let it, and one that counts them.
 *
 * @module
 */
import type { Timers } from "../../contract/ports.ts";
import type { ApplicationFlow } from "./application_flow.ts";

/** How an application sends. */
export interface SourceOptions {
  /** Bytes of a packet. */
  readonly length: number;
  /** Milliseconds of its processor for a packet. */
  readonly interval: number;
}

/** Sends from now on, until the flow ends or {@link stop} is called. */
export class Source {
  readonly #packet: Uint8Array;
  #sent = 0;
  #stopped = false;

  /** Starts at once. */
  constructor(
    private readonly flow: ApplicationFlow,
    private readonly timers: Timers,
    private readonly options: SourceOptions,
  ) {
    this.#packet = new Uint8Array(options.length);
    flow.onWritable = () => this.#next();
    this.#next();
  }

  /** Returns how many packets the layer has taken. */
  get sent(): number {
    return this.#sent;
  }

  /** Sends no more. */
  stop(): void {
    this.#stopped = true;
  }

  #next(): void {
    if (this.#stopped || !this.flow.write(this.#packet)) return;
    this.#sent++;
    this.timers.after(this.options.interval, () => this.#next());
  }
}

/** Counts what comes on a flow. */
export class Sink {
  #packets = 0;
  #bytes = 0;

  /** Counts from now on. */
  constructor(flow: ApplicationFlow) {
    flow.onRead = (packet) => {
      this.#packets++;
      this.#bytes += packet.length;
    };
  }

  /** Returns how many packets have come. */
  get packets(): number {
    return this.#packets;
  }

  /** Returns how many bytes they have. */
  get bytes(): number {
    return this.#bytes;
  }
}
