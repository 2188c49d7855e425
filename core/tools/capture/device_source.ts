/**
 * The frames of a network device that are Ouroboros'.
 *
 * @module
 */
import { IpcpError, type OuroError } from "../../contract/errors.ts";
import type { Clock } from "../../contract/ports.ts";
import { CaptureSocket } from "../../os/net/capture_socket.ts";
import { EventLoopPoller } from "../../os/wait/event_loop_poller.ts";
import { LINK_TYPES } from "../../wire/capture/pcap.ts";
import { frameFilter } from "./frame_filter.ts";
import type { CaptureSettings } from "./settings.ts";
import type { CaptureSource, CaptureTaker } from "./source.ts";

/** The frames of one device. */
export class DeviceSource implements CaptureSource {
  readonly linkType = LINK_TYPES.ethernet;
  readonly #socket: CaptureSocket;
  readonly #clock: Clock;
  /** Turns readings of the clock into milliseconds since 1970. */
  readonly #epoch: number;
  readonly #matches: (frame: Uint8Array) => boolean;
  readonly #snapLength: number;
  #taker: CaptureTaker | undefined;
  #ended: OuroError | undefined;
  #paused = false;
  #dropped = 0;

  /**
   * Opens the device.
   *
   * @throws NotFoundError when there is none of that name
   * @throws PermissionError when this process may not
   * @throws InvalidError when it is not an Ethernet device
   */
  constructor({ target, filter, snapLength }: CaptureSettings, clock: Clock) {
    this.#clock = clock;
    this.#epoch = clock.wall() - clock.now();
    this.#matches = frameFilter(filter);
    this.#snapLength = snapLength;
    this.#socket = new CaptureSocket(
      target,
      new EventLoopPoller(),
      (frame, outgoing) => this.#take(frame, outgoing),
      (reason) => {
        this.#ended = new IpcpError(reason);
        this.#taker?.ended(this.#ended);
      },
    );
  }

  get dropped(): number {
    return this.#dropped + this.#socket.dropped;
  }

  start(taker: CaptureTaker): void {
    this.#taker = taker;
    if (this.#ended) taker.ended(this.#ended);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
  }

  close(): void {
    this.#socket.close();
  }

  #take(frame: Uint8Array, outgoing: boolean): void {
    if (!this.#matches(frame)) return;
    if (this.#paused || this.#taker === undefined) {
      this.#dropped++;
      return;
    }
    this.#taker.packet({
      time: this.#epoch + this.#clock.now(),
      direction: outgoing ? "out" : "in",
      packet: frame.subarray(0, this.#snapLength),
      length: frame.length,
    });
  }
}
