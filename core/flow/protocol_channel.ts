/**
 * A flow with a protocol between its ends: order, retransmission, checksum or encryption, over a data connection that carries
 * its PDUs.
 *
 * @module
 */
import { FlowDownError, type OuroError } from "../contract/errors.ts";
import type { PacketCipher } from "../contract/cipher.ts";
import type { Ports } from "../contract/ports.ts";
import { isReliable, type QosSpec } from "../contract/qos.ts";
import { RETRANSMIT_LIFE } from "../frct/constants.ts";
import type { FlowProtocol } from "../frct/flow_protocol.ts";
import { makeFlow } from "../frct/make_flow.ts";
import type { ChannelEvents, FinishCalls, FlowChannel } from "./flow_channel.ts";
import type { LowerChannel } from "./lower_channel.ts";

/** What the protocol of a flow needs to know. */
export interface ProtocolSettings {
  readonly qos: QosSpec;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Encrypts and decrypts; left out: packets are in the clear. */
  readonly cipher?: PacketCipher;
}

/** No memory of this process is shared with others; this says so to the types. */
const isPlain = (packet: Uint8Array): packet is Uint8Array<ArrayBuffer> =>
  packet.buffer instanceof ArrayBuffer;

/** A data connection with the flow protocol in front of it. */
export class ProtocolChannel implements FlowChannel {
  readonly #below: LowerChannel;
  readonly #cipher: PacketCipher | undefined;
  readonly #protocol: FlowProtocol;
  readonly #reliable: boolean;
  #events: ChannelEvents | undefined;
  /** PDUs are being handed in because somebody takes packets: the user need not be told of them. */
  #taking = false;
  /** Why the flow is over; packets may still wait to be taken. */
  #over: FlowDownError | undefined;
  #told = false;
  #joined = new Uint8Array(0);

  constructor(
    below: LowerChannel,
    { qos, mpl, cipher }: ProtocolSettings,
    ports: Pick<Ports, "clock" | "timers" | "random">,
  ) {
    this.#below = below;
    this.#cipher = cipher;
    this.#reliable = isReliable(qos);
    this.#protocol = makeFlow({
      qos,
      mpl,
      cipher,
      maxPdu: below.maxPacket,
      ports,
      send: (pdu, header) => this.#sendPdu(pdu, header),
      waiting: () => below.readable,
      events: {
        onDeliverable: () => {
          if (!this.#taking) this.#events?.onReadable();
        },
        onWritable: () => this.#events?.onWritable(),
        onFailed: (cause) => this.#end(new FlowDownError(cause.message, { cause })),
      },
    });
  }

  get readable(): boolean {
    return this.#protocol.deliverable || (!this.#protocol.eager && this.#below.readable);
  }

  get fleeting(): boolean {
    return this.#protocol.eager;
  }

  get down(): FlowDownError | undefined {
    return this.readable ? undefined : this.#over;
  }

  get maxPacket(): number {
    return this.#protocol.maxPacket;
  }

  get suspended(): boolean {
    return this.#below.suspended;
  }

  get received(): number {
    return this.#protocol.stats.ready + (this.#protocol.eager ? 0 : this.#below.received);
  }

  get queued(): number {
    return Math.max(this.#protocol.stats.unconfirmed, this.#below.queued);
  }

  open(events: ChannelEvents, writeBuffer?: number): void {
    this.#events = events;
    this.#below.open({
      onReadable: () => {
        if (this.#protocol.eager) this.#handIn();
        else events.onReadable();
      },
      onWritable: () => this.#protocol.resume(),
      onConsumed: () => events.onConsumed?.(),
      onChange: () => {
        this.#protocol.limit(this.#below.maxPacket);
        events.onChange?.();
      },
      onDown: (error) => {
        this.#protocol.down(error);
        this.#end(error);
      },
    }, writeBuffer);
  }

  take(): Uint8Array<ArrayBuffer> | undefined {
    let packet = this.#protocol.take();
    if (packet === undefined && !this.#protocol.eager) {
      this.#taking = true;
      for (let pdu; packet === undefined && (pdu = this.#below.take()) !== undefined;) {
        this.#protocol.receive(pdu);
        packet = this.#protocol.take();
      }
      this.#taking = false;
    }
    if (packet === undefined) {
      if (this.#over !== undefined) this.#tellEnd();
      return undefined;
    }
    return isPlain(packet) ? packet : packet.slice();
  }

  send(packet: Uint8Array, header?: Uint8Array): boolean {
    if (this.#over !== undefined) throw this.#over;
    const whole = header === undefined ? packet : this.#join(packet, header);
    return whole.length <= this.#protocol.maxPacket && this.#protocol.write(whole);
  }

  limit(maxPacket: number): void {
    this.#below.limit(maxPacket);
  }

  suspend(suspended: boolean): void {
    this.#below.suspend(suspended);
  }

  finish(limit: number | undefined, calls: FinishCalls): void {
    let failed: OuroError | undefined;
    this.#protocol.close(limit ?? RETRANSMIT_LIFE, {
      done: (outcome) => {
        failed = outcome.ok ? undefined : outcome.error;
        if (this.#reliable) calls.done(failed);
      },
      over: () =>
        this.#below.finish(limit, {
          done: (error) => {
            if (!this.#reliable) calls.done(failed ?? error);
          },
          over: () => calls.over(),
        }),
    });
  }

  lose(reason: string): void {
    this.#below.lose(reason);
  }

  close(): void {
    this.#over ??= new FlowDownError("the flow was closed");
    this.#told = true;
    this.#protocol.down(this.#over);
    this.#cipher?.close();
    this.#below.close();
  }

  /** Hands in what has arrived: acknowledgements must not wait until the application reads. */
  #handIn(): void {
    for (let pdu; (pdu = this.#below.take()) !== undefined;) this.#protocol.receive(pdu);
  }

  #sendPdu(pdu: Uint8Array, header: Uint8Array | undefined): boolean {
    const below = this.#below;
    // The flow is going down, or the path has shrunk: the PDU is lost, as on the wire.
    if (below.broken || pdu.length + (header?.length ?? 0) > below.maxPacket) return true;
    return below.send(pdu, header);
  }

  #join(packet: Uint8Array, header: Uint8Array): Uint8Array {
    const length = header.length + packet.length;
    if (this.#joined.length < length) this.#joined = new Uint8Array(2 * length);
    this.#joined.set(header);
    this.#joined.set(packet, header.length);
    return this.#joined.subarray(0, length);
  }

  #end(error: FlowDownError): void {
    this.#over ??= error;
    if (!this.readable) this.#tellEnd();
  }

  #tellEnd(): void {
    if (this.#told || this.#over === undefined) return;
    this.#told = true;
    this.#events?.onDown(this.#over);
  }
}
