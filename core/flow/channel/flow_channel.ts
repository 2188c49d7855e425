/**
 * What a flow is to those who use it: packets in and out, without waiting. Behind it is the data connection alone, or with the
 * flow protocol in front of it.
 *
 * @module
 */
import type { FlowDownError, OuroError } from "../../contract/errors.ts";

/** How a channel tells its user that something changed. */
export interface ChannelEvents {
  /** {@link FlowChannel.take} will give a packet. May be called more often than that is new. */
  onReadable(): void;
  /** {@link FlowChannel.transmit} refused a packet and has room again. */
  onWritable(): void;
  /** The other end has taken packets: {@link FlowChannel.queued} is lower. */
  onConsumed?(): void;
  /** {@link FlowChannel.maxPacket} or {@link FlowChannel.suspended} was told anew. */
  onChange?(): void;
  /** Called once, when every packet was taken and no other will come. Not called after `close`. */
  onDown(error: FlowDownError): void;
}

/** How the end of a channel is told. */
export interface FinishCalls {
  /** What was sent has got out, on a reliable flow to the other end; or why some of it may not have. */
  done(error: OuroError | undefined): void;
  /** The other end needs this one no more: {@link FlowChannel.close} may come. `done` was called before. */
  over(): void;
}

/** One end of a flow. */
export interface FlowChannel {
  /** A packet can be taken. */
  readonly readable: boolean;
  /** A packet that is taken from within {@link ChannelEvents.onReadable} is valid only until that returns. Left out: no. */
  readonly fleeting?: boolean;
  /** Set when the flow is down; every packet before that was taken. */
  readonly down: FlowDownError | undefined;
  /** Largest packet that can be sent, in bytes. */
  readonly maxPacket: number;
  /** What is sent is lost for now, as the layer has said. */
  readonly suspended: boolean;
  /** Packets that have arrived in this process and wait to be taken. */
  readonly received: number;
  /** Packets sent that the other end has not taken, as far as it has reported. */
  readonly queued: number;
  /**
   * Says who is told of changes, and starts reading.
   *
   * @param writeBuffer bytes that are collected at most while a write is under way, for users that count packets instead
   */
  open(events: ChannelEvents, writeBuffer?: number): void;
  /** Takes the next packet, valid until the next call; undefined when none is there. */
  take(): Uint8Array<ArrayBuffer> | undefined;
  /**
   * Copies one packet and sends it as soon as possible. False, and nothing is done, when there is no room or the packet is larger
   * than {@link maxPacket}.
   *
   * @param header bytes in front of `packet`, in the same packet
   * @throws FlowDownError when the flow is down
   */
  transmit(packet: Uint8Array, header?: Uint8Array): boolean;
  /** Tells the other end of the data connection the largest packet, in bytes, from now on. */
  limit(maxPacket: number): void;
  /** Tells the other end of the data connection that the flow carries nothing for now, or carries packets again. */
  suspend(suspended: boolean): void;
  /**
   * Waits until something arrives, nothing else of this process runs meanwhile. It may be over earlier.
   *
   * @param limit milliseconds, which need not be whole
   * @param room until there is room to write, too, though packets have arrived
   * @returns false where that cannot be done
   */
  wait(limit: number, room?: boolean): boolean;
  /**
   * Gets out what was sent, for at most `limit` milliseconds (undefined: as long as it takes): nothing can be sent any more, and
   * nothing more is read. {@link close} comes after.
   */
  finish(limit: number | undefined, calls: FinishCalls): void;
  /**
   * The flow is said to be down by somebody else (the IRMd): nothing can be sent any more; what has arrived can still be taken,
   * then the flow is down.
   */
  lose(reason: string): void;
  /** Ends it now: what has not got out is lost. */
  close(): void;
}

/**
 * A channel without a protocol of its own: what is below a protocol between the ends of a flow, the data connection or one that does
 * something to its packets.
 */
export interface Transport extends FlowChannel {
  /** Nothing can be sent any more: {@link transmit} throws. */
  readonly broken: boolean;
  /** @param old the packet was taken when larger ones were, and is sent whatever {@link maxPacket} is now */
  transmit(packet: Uint8Array, header?: Uint8Array, old?: boolean): boolean;
  /** More is about to be sent: what is sent until the event loop has had its turn goes out together. */
  collect(): void;
  /** Packets without bytes are signs of life: they are not for {@link take}, but `heard` is called. Before {@link open}. */
  onSignOfLife(heard: () => void): void;
}
