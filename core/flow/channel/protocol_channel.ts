/**
 * A flow with a protocol between its ends: order, retransmission, checksum or encryption, over a data connection that carries
 * its PDUs. A packet turns here on its way; the functions below stand in this order.
 *
 * Outbound:
 * 1. The application calls `Flow.write` (core/flow/flow.ts); `FlowWrites` (core/flow/flow_writes.ts) sees whether others wait.
 * 2. {@link ProtocolChannel.transmit} hands the packet to the protocol, when it is not too large.
 * 3. `FrctFlow` (core/frct/frct_flow.ts) asks the window (core/frct/send/), and keeps a copy on a reliable flow.
 * 4. `PduWriter` (core/frct/pdu_writer.ts) makes the header, `Envelope` (core/frct/envelope.ts) encrypts and adds the checksum.
 * 5. `#transmitPdu` gives the PDU to the data connection, or loses it when that is going down.
 * 6. `PacketSender` (core/flow/channel/packet_sender.ts) frames it for the Unix socket of the IPCP.
 *
 * Inbound:
 * 1. `PacketChannel` (core/flow/channel/packet_channel.ts) reads frames from the socket and says that there are some.
 * 2. `#handIn` takes PDUs at once when the protocol must answer; else they wait until `take` fetches them.
 * 3. `FrctFlow` opens the envelope; `Incoming` (core/frct/receive/incoming.ts) puts packets in order, `Acknowledger` answers.
 * 4. `#deliverable` tells the flow; `FlowReads` (core/flow/flow_reads.ts) gives packets to reads that wait.
 * 5. {@link ProtocolChannel.take} gives the packet to `Flow.read`.
 *
 * @module
 */
import { FlowDownError, type OuroError } from "../../contract/errors.ts";
import type { PacketCipher } from "../../contract/cipher.ts";
import type { Clock, Ports } from "../../contract/ports.ts";
import { isReliable, type QosSpec } from "../../contract/qos.ts";
import { RETRANSMIT_LIFE } from "../../frct/constants.ts";
import { FlowMemory } from "../../frct/flow_memory.ts";
import type { FlowProtocol } from "../../frct/flow_protocol.ts";
import { makeEndpoint } from "../../frct/make_endpoint.ts";
import { afterTurn } from "../../os/turn.ts";
import { ChannelWrapper } from "./channel_wrapper.ts";
import type { ChannelEvents, FinishCalls, Transport } from "./flow_channel.ts";

/** What the protocol of a flow needs to know. */
export interface ProtocolSettings {
  readonly qos: QosSpec;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Encrypts and decrypts; left out: packets are in the clear. */
  readonly cipher?: PacketCipher;
}

/** What a channel works with. */
export interface ChannelPorts extends Pick<Ports, "clock" | "timers" | "random"> {
  /** Bytes that a flow may have sent and not know to have arrived; left out: 16 MiB. */
  readonly windowBytes?: number;
}

/** What the windows of all flows of this process may have. */
const MEMORY = new FlowMemory();

/** No memory of this process is shared with others; this says so to the types. */
const isPlain = (packet: Uint8Array): packet is Uint8Array<ArrayBuffer> =>
  packet.buffer instanceof ArrayBuffer;

/** A data connection with the flow protocol in front of it. */
export class ProtocolChannel extends ChannelWrapper {
  readonly #cipher: PacketCipher | undefined;
  readonly #protocol: FlowProtocol;
  readonly #reliable: boolean;
  readonly #clock: Clock;
  readonly #afterTurn: (run: () => void) => void;
  #events: ChannelEvents | undefined;
  /** A PDU is being handed in. */
  #handing = false;
  /** That is because somebody takes packets: the user need not be told of them. */
  #taking = false;
  /** The packet that was taken from within, which is not copied. */
  #fresh: Uint8Array | undefined;
  /** The packet of the PDU that was handed in last was taken at once. */
  #taken = false;
  /** What has arrived is handed in when the event loop has had its turn, unless somebody takes it before. */
  #later = false;
  /** When what is handed in was read, which is in the same turn of the event loop. */
  #arrivedAt: number | undefined;
  /** Why the flow is over; packets may still wait to be taken. */
  #over: FlowDownError | undefined;
  #told = false;
  /** The path was suspended when that was last looked at. */
  #suspended: boolean;
  #joined = new Uint8Array(0);

  /** @param turned calls back when the event loop has had its turn; left out: the real one */
  constructor(
    below: Transport,
    { qos, mpl, cipher }: ProtocolSettings,
    ports: ChannelPorts,
    turned = afterTurn,
  ) {
    super(below);
    this.#suspended = below.suspended;
    this.#clock = ports.clock;
    this.#afterTurn = turned;
    this.#cipher = cipher;
    this.#reliable = isReliable(qos);
    this.#protocol = makeEndpoint({
      qos,
      mpl,
      cipher,
      maxPdu: below.maxPacket,
      memory: ports.windowBytes === undefined ? MEMORY : MEMORY.limited(ports.windowBytes),
      ports,
      send: (pdu, header) => this.#transmitPdu(pdu, header),
      waiting: () => below.readable,
      events: {
        onDeliverable: () => this.#deliverable(),
        onWritable: () => {
          below.collect();
          this.#events?.onWritable();
        },
        onFailed: (cause) => this.#end(new FlowDownError(cause.message, { cause })),
      },
    });
  }

  override get readable(): boolean {
    return this.#protocol.deliverable || (!this.#protocol.eager && this.below.readable);
  }

  get fleeting(): boolean {
    return this.#protocol.eager;
  }

  override get down(): FlowDownError | undefined {
    return this.readable ? undefined : this.#over;
  }

  override get maxPacket(): number {
    return this.#protocol.maxPacket;
  }

  override get received(): number {
    return this.#protocol.stats.ready + (this.#protocol.eager ? 0 : this.below.received);
  }

  override get queued(): number {
    return Math.max(this.#protocol.stats.unconfirmed, this.below.queued);
  }

  open(events: ChannelEvents, writeBuffer?: number): void {
    this.#events = events;
    this.below.open({
      onReadable: () => {
        if (this.#protocol.eager) {
          this.#arrivedAt = this.#clock.now();
          this.#handIn();
        } else events.onReadable();
      },
      onWritable: () => this.#protocol.resume(),
      onConsumed: () => events.onConsumed?.(),
      onChange: () => {
        this.#protocol.limit(this.below.maxPacket);
        this.#turned();
        events.onChange?.();
      },
      onDown: (error) => {
        this.#protocol.down(error);
        this.#end(error);
      },
    }, writeBuffer);
  }

  /** The end of a suspension is what the protocol has waited for, longer and longer. */
  #turned(): void {
    const { suspended } = this.below;
    if (suspended === this.#suspended) return;
    this.#suspended = suspended;
    if (!suspended) this.#protocol.recover();
  }

  transmit(packet: Uint8Array, header?: Uint8Array): boolean {
    if (this.#over !== undefined) throw this.#over;
    // This throws. Who writes in a loop without a turn of the event loop would never get to know else.
    if (this.below.broken) return this.below.transmit(packet, header);
    const whole = header === undefined ? packet : this.#join(packet, header);
    return whole.length <= this.#protocol.maxPacket && this.#protocol.write(whole);
  }

  #join(packet: Uint8Array, header: Uint8Array): Uint8Array {
    const length = header.length + packet.length;
    if (this.#joined.length < length) this.#joined = new Uint8Array(2 * length);
    this.#joined.set(header);
    this.#joined.set(packet, header.length);
    return this.#joined.subarray(0, length);
  }

  #transmitPdu(pdu: Uint8Array, header: Uint8Array | undefined): boolean {
    // The flow is going down: the PDU is lost, as on the wire. One that is too large by now may still arrive, in parts.
    return this.below.broken || this.below.transmit(pdu, header, true);
  }

  /**
   * Hands in what has arrived: acknowledgements must not wait until the application reads. But one that takes packets at once comes
   * for the others itself: so they do not pile up here, for the other end to wait until they are taken.
   */
  #handIn(): void {
    for (let pdu; (pdu = this.below.take()) !== undefined;) {
      this.#taken = false;
      this.#receive(pdu);
      if (this.#taken && this.below.readable) return this.#handInLater();
    }
  }

  #handInLater(): void {
    if (this.#later) return;
    this.#later = true;
    this.#afterTurn(() => {
      this.#later = false;
      for (let pdu; this.#over === undefined && (pdu = this.below.take()) !== undefined;) this.#receive(pdu);
    });
  }

  #receive(pdu: Uint8Array): void {
    this.#handing = true;
    this.#protocol.receive(pdu, this.#arrivedAt);
    this.#handing = false;
  }

  #deliverable(): void {
    if (!this.#taking) this.#events?.onReadable();
    // Where PDUs are not handed in meanwhile, the bytes stay until the next packet is taken.
    else if (!this.#protocol.eager) this.#fresh = this.#protocol.take();
  }

  take(): Uint8Array<ArrayBuffer> | undefined {
    const packet = this.#protocol.take() ?? (this.#handing ? undefined : this.#fetch());
    if (packet === undefined) {
      if (this.#over !== undefined) this.#tellEnd();
      return undefined;
    }
    this.#taken = true;
    return isPlain(packet) ? packet : packet.slice();
  }

  /** Hands in what has arrived up to the next packet, for somebody who takes it. */
  #fetch(): Uint8Array | undefined {
    let packet: Uint8Array | undefined;
    this.#taking = true;
    for (let pdu; packet === undefined && (pdu = this.below.take()) !== undefined;) {
      this.#receive(pdu);
      packet = this.#fresh ?? this.#protocol.take();
      this.#fresh = undefined;
    }
    this.#taking = false;
    return packet;
  }

  finish(limit: number | undefined, calls: FinishCalls): void {
    let failed: OuroError | undefined;
    this.#protocol.close(limit ?? RETRANSMIT_LIFE, {
      done: (outcome) => {
        failed = outcome.ok ? undefined : outcome.error;
        if (this.#reliable) calls.done(failed);
      },
      over: () =>
        this.below.finish(limit, {
          done: (error) => {
            if (!this.#reliable) calls.done(failed ?? error);
          },
          over: () => calls.over(),
        }),
    });
  }

  close(): void {
    this.#over ??= new FlowDownError("the flow was closed");
    this.#told = true;
    this.#protocol.down(this.#over);
    this.#cipher?.close();
    this.below.close();
  }

  #end(error: FlowDownError): void {
    this.#over ??= error;
    if (!this.readable) this.#tellEnd();
    else this.#events?.onWritable(); // Writes that wait fail, whether or not somebody reads.
  }

  #tellEnd(): void {
    if (this.#told || this.#over === undefined) return;
    this.#told = true;
    this.#events?.onDown(this.#over);
  }
}
