/**
 * One end of a flow, end to end: what stands between an application's packets and the PDUs of a layer. Bytes and time go in; bytes,
 * deadlines and events come out.
 *
 * @module
 */
import { type OuroError } from "../contract/errors.ts";
import type { Done } from "../contract/outcome.ts";
import type { Ports } from "../contract/ports.ts";
import type { QosSpec } from "../contract/qos.ts";
import type { PacketCipher } from "../contract/cipher.ts";
import type { FlowCounters } from "./counters.ts";
import type { SendPdu } from "./envelope.ts";
import type { FlowMemory } from "./flow_memory.ts";

/** What a flow end tells its user. None of it is called before the first call of the user, nor after the flow is over. */
export interface FlowEvents {
  /**
   * {@link FlowProtocol.take} gives a packet. Called from within {@link FlowProtocol.receive}: a packet that is taken before this
   * returns is not copied.
   */
  onDeliverable(): void;
  /** {@link FlowProtocol.write} has given false, and would succeed now. */
  onWritable(): void;
  /**
   * Nothing can be written any more: the other end was silent for too long ({@link FlowPeerError}), or has acknowledged nothing for
   * too long ({@link TimedOutError}). What has arrived can still be taken. Called once.
   */
  onFailed(error: OuroError): void;
}

/** What a flow end is made of. */
export interface FlowProtocolContext {
  /** Quality of the flow, as both ends know it. */
  readonly qos: QosSpec;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Largest PDU that the layer carries, in bytes; see {@link FlowProtocol.limit}. */
  readonly maxPdu: number;
  /** Encrypts and decrypts; left out: packets are in the clear. */
  readonly cipher?: PacketCipher;
  /** Time and randomness. */
  readonly ports: Pick<Ports, "clock" | "timers" | "random">;
  /** What the flows of the process may use for large windows; left out: this flow has a limit of its own. */
  readonly memory?: FlowMemory;
  /** Hands a PDU to the layer. */
  readonly send: SendPdu;
  /** Whether PDUs have arrived that were not handed in yet; left out: never. Then the other end is not dead. */
  readonly waiting?: () => boolean;
  /** What is told. */
  readonly events: FlowEvents;
}

/** How a flow end was closed. */
export interface CloseCalls {
  /** What was written has arrived, or an error that says how much of it perhaps did not. */
  readonly done: Done;
  /** The flow can be handed back to the layer; `done` was called before. */
  readonly over: () => void;
}

/** Numbers about a flow end. */
export interface FlowStats extends Readonly<FlowCounters> {
  /** Packets written that are not acknowledged. */
  readonly unconfirmed: number;
  /** Packets that wait to be taken. */
  readonly ready: number;
  /** Smoothed round trip in milliseconds; 0: not measured. */
  readonly roundTrip: number;
  /** Milliseconds after which an acknowledgement is overdue. */
  readonly timeout: number;
  /** Packets that may be under way at once. */
  readonly limit: number;
}

/** One end of a flow. */
export interface FlowProtocol {
  /**
   * PDUs have to be handed in as soon as they arrive, whether or not the application takes packets. Else they may wait outside, which
   * slows the other end down.
   */
  readonly eager: boolean;
  /** Largest packet that can be written now, in bytes. */
  readonly maxPacket: number;
  /** What was counted. */
  readonly stats: FlowStats;
  /** Something can be taken. */
  readonly deliverable: boolean;
  /** From now on the layer carries PDUs of at most so many bytes. */
  limit(maxPdu: number): void;
  /**
   * Writes one packet; its bytes are copied. False, and nothing is done, when it has to wait: {@link FlowEvents.onWritable} follows. An
   * empty packet arrives as such with FRCT; without FRCT it is only a sign of life, as in the reference.
   *
   * @throws MessageSizeError when the packet is larger than {@link maxPacket}
   * @throws NotAllocatedError after {@link close}
   * @throws FlowPeerError, FlowDownError, TimedOutError after the flow has failed
   */
  write(packet: Uint8Array): boolean;
  /**
   * Takes a PDU that has arrived. Its bytes have to stay until the call returns. Nothing is thrown, whatever they are.
   *
   * @param now when that was; left out: now. Reading the clock costs as much as half of the rest
   */
  receive(pdu: Uint8Array, now?: number): void;
  /**
   * Returns the next packet. Valid until the next call; when it is taken from within {@link FlowEvents.onDeliverable}, no longer than the PDU.
   */
  take(): Uint8Array | undefined;
  /** Goes on as the layer takes PDUs again after {@link FlowProtocolContext.send} gave false. */
  resume(): void;
  /** The layer carries PDUs again that it could not carry for a while: what waits for a time-out goes at once. */
  recover(): void;
  /**
   * Ends this end: nothing more is delivered or written; what was written is sent until the other end has it. Calls before `done` and
   * `over` are only those.
   *
   * @param limit milliseconds that it may take at most
   */
  close(limit: number, calls: CloseCalls): void;
  /** Ends a flow that the layer has lost or the other end has given back: nothing is sent any more; what has arrived can be taken. */
  down(error: OuroError): void;
}
