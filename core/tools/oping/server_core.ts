/**
 * oping's server without I/O: its flows, what it prints, which flows have been silent for too long.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { Fd } from "../../contract/ids.ts";
import type { Clock } from "../../contract/ports.ts";
import { turnIntoReply } from "./oping_message.ts";
import type { ServerSettings } from "./settings.ts";

/**
 * A flow with nothing received for this long is ended, in milliseconds: 10 s, and a little more, because a client may send
 * every 10 s.
 */
const SILENCE = 10_500;

/** How often to ask for {@link PingServer.silent}, in milliseconds. */
export const SWEEP_INTERVAL = 1000;

/** The server at work. */
export class PingServer {
  readonly #settings: ServerSettings;
  readonly #clock: Clock;
  readonly #print: (line: string) => void;
  /** When each flow was last heard of. */
  readonly #heard = new Map<Fd, number>();

  constructor(settings: ServerSettings, clock: Clock, print: (line: string) => void) {
    this.#settings = settings;
    this.#clock = clock;
    this.#print = print;
    print("Ouroboros ping server started.");
  }

  /** Takes a flow that was accepted. */
  handleFlow(fd: Fd): void {
    this.#heard.set(fd, this.#clock.now());
    this.#print(this.#settings.busy ? `New flow ${fd} (busy-poll).` : `New flow ${fd}.`);
  }

  /** Turns a packet into the reply to it, in place. False: it is no request, send nothing. */
  handlePacket(fd: Fd, packet: Uint8Array): boolean {
    if (this.#heard.has(fd)) this.#heard.set(fd, this.#clock.now());
    try {
      turnIntoReply(packet);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#print(`Invalid message on fd ${fd}.`);
      return false;
    }
    if (!this.#settings.quiet) this.#print(`Received ${packet.length} bytes on fd ${fd}.`);
    return true;
  }

  /** Forgets a flow whose other end is gone. */
  handleDown(fd: Fd): void {
    if (this.#heard.delete(fd)) this.#print(`Flow ${fd} closed by peer.`);
  }

  /** Takes out the flows that have been silent for too long: they are to be deallocated. */
  silent(): Fd[] {
    const before = this.#clock.now() - SILENCE;
    const silent = [...this.#heard].filter(([, heard]) => heard <= before).map(([fd]) => fd);
    for (const fd of silent) {
      this.#heard.delete(fd);
      this.#print(`Flow ${fd} timed out.`);
    }
    return silent;
  }
}
