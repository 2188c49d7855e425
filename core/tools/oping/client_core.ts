/**
 * oping's client without I/O: what to send and when, what to print, when to stop.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import type { Fd } from "../../contract/ids.ts";
import type { Clock } from "../../contract/ports.ts";
import { decodeOping, encodeOping, type OpingMessage } from "./oping_message.ts";
import { RoundTripStatistics, roundTripText } from "../traffic/round_trips.ts";
import type { ResultOutput } from "../result_output.ts";
import type { ClientSettings } from "./settings.ts";

/** How long to wait for a reply on top of the interval, which counts in whole seconds, in milliseconds. */
const PATIENCE = 2000;

/** One run of the client over one flow, from the moment that the flow is there. */
export class PingClient {
  readonly #settings: ClientSettings;
  readonly #fd: Fd;
  readonly #clock: Clock;
  readonly #output: ResultOutput;
  readonly #times = new RoundTripStatistics();
  readonly #packet: Uint8Array<ArrayBuffer>;
  readonly #started: number;
  /** Turns readings of the clock into milliseconds since 1970. */
  readonly #epoch: number;
  #heard: number;
  #sent = 0;
  #expected = 0;
  #outOfOrder = 0;
  #stopped = false;
  #lost = false;

  constructor(settings: ClientSettings, fd: Fd, clock: Clock, output: ResultOutput) {
    this.#settings = settings;
    this.#fd = fd;
    this.#clock = clock;
    this.#output = output;
    this.#packet = new Uint8Array(settings.size);
    this.#started = this.#heard = clock.now();
    this.#epoch = clock.wall() - this.#started;
    if (settings.quiet) return;
    output.print(`Pinging ${settings.name} with ${settings.size} bytes of data (${settings.count} packets):`);
    output.print("");
  }

  /** Returns whether nothing is left to send or to wait for. */
  get done(): boolean {
    return this.#stopped || this.#times.count >= this.#settings.count;
  }

  /** Returns when the next packet is due, by the clock; infinity: not before a reply comes, or never. */
  get sendAt(): number {
    const { count, flood, interval } = this.#settings;
    if (this.#stopped || this.#sent >= count) return Infinity;
    if (flood) return this.#times.count < this.#sent ? Infinity : this.#heard;
    return this.#started + (this.#sent + 1) * interval;
  }

  /** Returns when the server counts as silent, by the clock. */
  get deadline(): number {
    return this.#heard + Math.floor(this.#settings.interval / 1000) * 1000 + PATIENCE;
  }

  /** Makes the next packet to send, stamped with the time. Its bytes are valid until the next call. */
  nextPacket(): Uint8Array<ArrayBuffer> {
    encodeOping({ type: "request", id: this.#sent, time: this.#clock.now() }, this.#packet);
    this.#sent += 1;
    return this.#packet;
  }

  /** Takes a packet of the server. */
  handlePacket(packet: Uint8Array): void {
    const now = this.#clock.now();
    const reply = this.#replyIn(packet);
    if (!reply) return;
    this.#heard = now;
    const time = Math.max(now - reply.time, 0);
    const late = reply.id < this.#expected;
    this.#times.add(time);
    if (late) this.#outOfOrder += 1;
    else this.#expected = reply.id + 1;
    if (!this.#settings.quiet) this.#printReply(packet.length, reply.id, time, late, now);
    const { floodTime } = this.#settings;
    if (floodTime !== undefined && now - this.#started >= floodTime) this.#stopped = true;
  }

  /** Ends the run, since the {@link deadline} has passed. */
  handleSilence(): void {
    this.#output.notice("Server timed out.");
    this.#stopped = true;
  }

  /** Ends the run, since the flow is gone. */
  handleDown(reason: OuroError): void {
    this.#output.notice(`Flow ${this.#fd} is down: ${reason.message}.`);
    this.#stopped = this.#lost = true;
  }

  /** Prints the statistics. The exit status: 1 when the flow went down or nothing that was sent was answered. */
  finish(): number {
    const sent = this.#sent;
    const received = this.#times.count;
    const loss = sent === 0 ? 0 : Math.max(Math.ceil(100 - 100 * received / sent), 0);
    const time = this.#clock.now() - this.#started;
    const { name } = this.#settings;
    const outOfOrder = this.#outOfOrder;
    const times = this.#times.line();
    this.#output.result({ name, sent, received, outOfOrder, loss, time, roundTrip: this.#times.data() }, [
      "",
      `--- ${name} ping statistics ---`,
      `${sent} packets transmitted, ${received} received, ${outOfOrder} out-of-order, ` +
      `${loss}% packet loss, time: ${time.toFixed(3)} ms`,
      ...times ? [times] : [],
    ]);
    return this.#lost || (sent > 0 && received === 0) ? 1 : 0;
  }

  #replyIn(packet: Uint8Array): OpingMessage | undefined {
    let message: OpingMessage | undefined;
    try {
      message = decodeOping(packet);
    } catch {
      // Whatever is wrong with it, the reference's line says it.
    }
    if (message?.type !== "reply") {
      this.#output.notice(`Invalid message on fd ${this.#fd}.`);
      return undefined;
    }
    if (message.id < this.#sent) return message;
    this.#output.notice("Invalid id.");
    return undefined;
  }

  #printReply(bytes: number, id: number, time: number, late: boolean, now: number): void {
    const stamp = this.#settings.timeOfDay ? `[${((this.#epoch + now) / 1000).toFixed(6)}] ` : "";
    const mark = late ? " [out-of-order]" : "";
    this.#output.print(
      `${stamp}${bytes} bytes from ${this.#settings.name}: seq=${id} time=${roundTripText(time)}${mark}`,
    );
  }
}
