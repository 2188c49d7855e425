/**
 * Where captured packets go.
 *
 * @module
 */
import type { CapturedPacket } from "./source.ts";

/** A place for packets. */
export interface CaptureSink {
  /** It takes nothing more for now. */
  readonly full: boolean;
  /** Takes a packet. */
  packet(packet: CapturedPacket): void;
  /** Called whenever it is no longer {@link full}. */
  onRoom(room: () => void): void;
  /** Called once when nobody will take anything any more; `error` is missing when that is no fault (a pipe that was closed). */
  onClosed(closed: (error?: unknown) => void): void;
  /** Resolves when all is written. @throws OuroError when it cannot be */
  finish(): Promise<void>;
}
