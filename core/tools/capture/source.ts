/**
 * Where captured packets come from.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import type { Direction } from "../../wire/capture/capture_packet.ts";
import type { LinkType } from "../../wire/capture/pcap.ts";

/** A packet that was captured. */
export interface CapturedPacket {
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  readonly direction: Direction;
  /** What was kept of it; valid during the call that gives it only. */
  readonly packet: Uint8Array;
  /** Bytes that it had. */
  readonly length: number;
}

/** Who takes packets. */
export interface CaptureTaker {
  /** Takes a packet. */
  packet(packet: CapturedPacket): void;
  /** Called once when no packet comes any more, for a reason that the source has. */
  ended(error: OuroError): void;
}

/** A source of packets. */
export interface CaptureSource {
  /** What the packets are. */
  readonly linkType: LinkType;
  /** Packets that were dropped before they came here, so far. */
  readonly dropped: number;
  /** Gives packets from now on. */
  start(taker: CaptureTaker): void;
  /** Gives none for now: what comes meanwhile may be dropped. */
  pause(): void;
  /** Gives packets again. */
  resume(): void;
  /** Ends the capture; ending it twice is harmless. */
  close(): void;
}
