/**
 * One socket of a layer: the greeting, then frames, and signs of life while there are none.
 *
 * @module
 */
import { asOuroError, ProtocolError } from "../../../core/contract/errors.ts";
import type { MessageSocket } from "../../../core/contract/network.ts";
import type { Timer, Timers } from "../../../core/contract/ports.ts";
import { NO_BYTES } from "../../../core/kit/bytes.ts";
import { decodeGreeting, type Greeting } from "./greeting.ts";

/** Milliseconds from one sign of life to the next: proxies and NATs forget who is silent for a minute. */
const BEAT = 25_000;
/** Beats without anything from the other end after which it is taken for dead. */
const SILENT_BEATS = 3;
/** Milliseconds in which the other end must have said who it is. */
const GREETED_WITHIN = 10_000;

/** Who uses a line. */
export interface LineUser {
  /** The other end has said who it is. */
  greeted(greeting: Greeting): void;
  /** A frame came: valid during the call only. */
  frame(frame: Uint8Array): void;
  /** Some of what waits was sent. */
  sent(): void;
  /** It has ended, unless {@link Line.close} was called. */
  ended(reason: string): void;
}

/** A socket. */
export class Line {
  #greeted = false;
  /** Something came since the last beat. */
  #heard = false;
  #silent = 0;
  #over = false;
  #timer: Timer;

  constructor(
    /** What it is on. */
    readonly socket: MessageSocket,
    private readonly timers: Timers,
    private readonly user: LineUser,
  ) {
    this.#timer = timers.after(GREETED_WITHIN, () => this.#end("it does not say who it is"));
    socket.onMessage((message) => this.#receive(message));
    socket.onSent(() => user.sent());
    socket.onEnd((reason) => this.#over || this.#end(reason));
  }

  /** Sends a frame or a greeting, in two parts. False: it is dropped. */
  send(packet: Uint8Array, header: Uint8Array): boolean {
    return !this.#over && this.socket.send(packet, header);
  }

  /** Ends it. */
  close(): void {
    this.#over = true;
    this.#timer.cancel();
    this.socket.close();
  }

  #receive(message: Uint8Array): void {
    this.#heard = true;
    if (this.#over || message.length === 0) return;
    if (this.#greeted) return this.user.frame(message);
    let greeting: Greeting;
    try {
      greeting = decodeGreeting(message);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      return this.#end(asOuroError(thrown).message);
    }
    this.#greeted = true;
    this.#timer.cancel();
    this.#timer = this.timers.after(BEAT, () => this.#beat());
    this.user.greeted(greeting);
  }

  #beat(): void {
    this.#silent = this.#heard ? 0 : this.#silent + 1;
    this.#heard = false;
    if (this.#silent >= SILENT_BEATS) return this.#end(`nothing came for ${SILENT_BEATS * BEAT / 1000} s`);
    this.socket.send(NO_BYTES, NO_BYTES);
    this.#timer = this.timers.after(BEAT, () => this.#beat());
  }

  #end(reason: string): void {
    this.close();
    this.user.ended(reason);
  }
}
