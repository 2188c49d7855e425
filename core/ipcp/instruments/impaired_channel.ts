/**
 * The data connection of an N-1 flow whose packets can be impaired: below FRCT, encryption and checksum of the flow, where a bad path
 * would do it. When nothing is impaired, that costs one check a packet.
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import type { FlowDownError } from "../../contract/errors.ts";
import { ChannelWrapper } from "../../flow/channel/channel_wrapper.ts";
import type { ChannelEvents, FinishCalls, Transport } from "../../flow/channel/flow_channel.ts";
import type { Impairments } from "./impairments.ts";
import { DelayLine } from "./delay_line.ts";

/** Packets that have come out of a path and were not taken: then the data connection has to wait. */
const ENOUGH = 256;

/** The data connection. */
export class ImpairedChannel extends ChannelWrapper implements Transport {
  readonly #unwatch: () => void;
  #unwatchPath: (() => void) | undefined;
  #events: ChannelEvents | undefined;
  /** Something is impaired, or was, and packets of that time wait. */
  #active = false;
  #in: DelayLine | undefined;
  #out: DelayLine | undefined;
  /** Packets that have come out of the path inwards. */
  readonly #ready: Uint8Array<ArrayBuffer>[] = [];
  /** Why the data connection is down, while packets wait that came before. */
  #down: FlowDownError | undefined;

  constructor(below: Transport, private readonly impairments: Impairments) {
    super(below);
    this.#unwatch = impairments.watch(() => this.#change());
    this.#change();
  }

  override get readable(): boolean {
    return this.#ready.length > 0 || this.below.readable;
  }

  override get down(): FlowDownError | undefined {
    return this.readable ? undefined : this.below.down;
  }

  get broken(): boolean {
    return this.below.broken;
  }

  /** Who sends sees a line of limited rate as it sees any queue. */
  override get queued(): number {
    const out = this.#out;
    return out === undefined ? this.below.queued : this.below.queued + out.path.queued;
  }

  override get received(): number {
    return this.#ready.length + this.below.received;
  }

  open(events: ChannelEvents, writeBuffer?: number): void {
    this.#events = events;
    this.below.open({
      onReadable: () => {
        if (this.#active) this.#fill();
        if (!this.#active || this.#ready.length > 0) events.onReadable();
      },
      onWritable: () => events.onWritable(),
      onConsumed: () => events.onConsumed?.(),
      onChange: () => events.onChange?.(),
      onDown: (error) => this.#end(error),
    }, writeBuffer);
  }

  take(): Uint8Array<ArrayBuffer> | undefined {
    return this.#active ? this.#takeImpaired() : this.below.take();
  }

  transmit(packet: Uint8Array, header?: Uint8Array): boolean {
    const out = this.#out;
    const below = this.below;
    if (out === undefined || below.broken) return below.transmit(packet, header);
    if (packet.length + (header?.length ?? 0) > below.maxPacket) return false;
    return out.pass(header === undefined ? packet.slice() : joinBytes(header, packet), this.#sendNow);
  }

  collect(): void {
    this.below.collect();
  }

  /** Signs of life that are received are not impaired. */
  onSignOfLife(heard: () => void): void {
    this.below.onSignOfLife(heard);
  }

  finish(limit: number | undefined, calls: FinishCalls): void {
    this.#out?.release();
    this.below.finish(limit, calls);
  }

  close(): void {
    this.#unwatch();
    this.#unwatchPath?.();
    this.#in?.forget();
    this.#out?.forget();
    this.#in = this.#out = undefined;
    this.#active = false;
    this.#ready.length = 0;
    this.below.close();
  }

  #change(): void {
    const { in: inward, out: outward } = this.impairments;
    if (outward !== this.#out?.path) {
      this.#unwatchPath?.();
      this.#unwatchPath = outward?.watch(this.#shorter);
      this.#out?.release();
      this.#out = outward === undefined ? undefined : new DelayLine(outward);
      this.#shorter();
    }
    if (inward !== this.#in?.path) {
      this.#in?.release();
      this.#in = inward === undefined ? undefined : new DelayLine(inward, () => this.#events?.onReadable());
    }
    this.#active = this.#in !== undefined || this.#ready.length > 0;
    if (this.#ready.length > 0) this.#events?.onReadable();
  }

  readonly #shorter = (): void => this.#events?.onConsumed?.();

  readonly #sendNow = (packet: Uint8Array): boolean => !this.below.broken && this.below.transmit(packet);

  /** Lets packets into the path as they come: they have a way to go before anybody can take them. */
  #fill(): void {
    while (this.#in !== undefined && this.#ready.length < ENOUGH) {
      const packet = this.below.take();
      if (packet === undefined) return;
      this.#in.pass(packet, this.#keep);
    }
  }

  readonly #keep = (packet: Uint8Array<ArrayBuffer>): boolean => {
    this.#ready.push(packet.slice());
    return true;
  };

  #takeImpaired(): Uint8Array<ArrayBuffer> | undefined {
    if (this.#ready.length === 0) this.#fill();
    const packet = this.#ready.shift();
    if (packet !== undefined) return packet;
    if (this.#down !== undefined) this.#events?.onDown(this.#down);
    this.#down = undefined;
    if (this.#in !== undefined) return undefined;
    this.#active = false;
    return this.below.take();
  }

  /** The data connection is down: what is on its way inwards arrives now. */
  #end(error: FlowDownError): void {
    this.#in?.release();
    if (this.#ready.length === 0) return this.#events?.onDown(error);
    this.#down = error;
    this.#events?.onReadable();
  }
}
