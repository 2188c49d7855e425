/**
 * When the receiving half tells the other end what has arrived and how much room there is, if no packet of our own does.
 *
 * @module
 */
import {
  ACK_DELAY,
  ACK_EVERY,
  ACK_EVERY_OF_MANY,
  GAP_REPORT_DELAY,
  GAP_REPORT_EVERY,
  WINDOW_AGAIN_FIRST,
  WINDOW_AGAIN_LAST,
  WINDOW_AGAIN_TIMES,
  WINDOW_EVERY,
} from "../constants.ts";
import { DEADLINE, type Deadlines } from "../deadlines.ts";
import type { Arrival, Incoming } from "./incoming.ts";
import { FLAG, MAP_BYTES } from "../../wire/frct_header.ts";
import { RunWriter } from "../../wire/frct_report.ts";
import type { PduWriter } from "../pdu_writer.ts";
import { distance } from "../serial.ts";

/** Sends acknowledgements (on reliable flows) and windows. */
export class Acknowledger {
  readonly #map = new Uint8Array(MAP_BYTES);
  readonly #runs = new RunWriter();
  /** Packets behind a gap since the last report of it. */
  #early = 0;
  #sentAt = -Infinity;
  /** The other end has to be told again what it was told. */
  #again = false;
  /** The window has opened and no packet has come since: the news may be lost. */
  #opened = false;
  /** How often it was told again. */
  #told = 0;

  /**
   * @param more whether PDUs have arrived that were not handed in yet
   * @param room bytes of the largest packet
   */
  constructor(
    private readonly incoming: Incoming,
    private readonly writer: PduWriter,
    private readonly deadlines: Deadlines,
    private readonly reliable: boolean,
    private readonly more: () => boolean,
    private readonly room: () => number,
  ) {}

  /** Acknowledges a packet that has arrived, now or later. The application may have answered the packet already. */
  arrived(arrival: Arrival, now: number): void {
    if (arrival === "no run") return;
    if (this.#opened && arrival !== "duplicate") {
      this.#opened = false;
      this.deadlines.clear(DEADLINE.window);
    }
    if (!this.reliable) {
      if (this.incoming.sinceWindow >= WINDOW_EVERY) this.#tellWindow();
      return;
    }
    if (arrival === "in order") this.#inOrder(now);
    else if (arrival === "gap filled") this.#send(now);
    else if (arrival === "early") this.#gap(now);
    else this.#repeat(now);
  }

  /** Tells a sender that had to wait that the application has taken packets. */
  taken(now: () => number): void {
    const { started, toldEdge, next, capacity, ready } = this.incoming;
    if (!started || distance(next, toldEdge) >= capacity / 8 || capacity - ready.length < capacity / 2) {
      return;
    }
    this.#opened = true;
    this.#tellOpen(now());
  }

  /** Answers the other end, which asks for the window. */
  asked(now: number): void {
    if (this.#opened) this.#tellOpen(now); // So it has not heard of it.
    else this.#tellWindow();
  }

  /** Tells the other end again that the window is open. */
  windowDue(now: number): void {
    const wait = Math.min(WINDOW_AGAIN_LAST, WINDOW_AGAIN_FIRST * 2 ** ++this.#told);
    this.#tellState(now);
    if (this.#told < WINDOW_AGAIN_TIMES) this.deadlines.set(DEADLINE.window, now + wait);
  }

  /** Tells the other end, which may wait for that, that the path carries packets again. */
  recover(now: number): void {
    if (this.incoming.started) this.#tellState(now);
  }

  /** Sends the acknowledgement or window that is due. */
  due(now: number): void {
    const { toldNext, next, hasGap } = this.incoming;
    if (this.#again || toldNext !== next || (hasGap && this.#early > 0)) this.#send(now);
  }

  /** Sends the last acknowledgement of an end that closes. */
  last(now: number): void {
    if (this.reliable && this.incoming.acknowledges(now)) this.writer.bare(FLAG.ack);
  }

  #tellOpen(now: number): void {
    this.#told = 0;
    this.deadlines.set(DEADLINE.window, now + WINDOW_AGAIN_FIRST);
    this.#tellState(now);
  }

  #tellState(now: number): void {
    if (this.reliable && this.incoming.acknowledges(now)) this.#send(now);
    else this.#tellWindow();
  }

  #tellWindow(): void {
    if (this.incoming.started) this.writer.bare(FLAG.window);
  }

  #inOrder(now: number): void {
    const { toldNext, next } = this.incoming;
    const waiting = distance(toldNext, next);
    if (waiting >= ACK_EVERY && (waiting >= ACK_EVERY_OF_MANY || !this.more())) this.#send(now);
    else if (waiting > 0) this.deadlines.setEarlier(DEADLINE.acknowledge, now + ACK_DELAY);
  }

  #gap(now: number): void {
    // A report of much costs more than one of little.
    const every = Math.max(GAP_REPORT_EVERY, this.incoming.early >> 5);
    if (this.#early++ % every === 0) this.#send(now);
    else this.deadlines.setEarlier(DEADLINE.acknowledge, now + GAP_REPORT_DELAY);
  }

  #repeat(now: number): void {
    this.#again = true;
    if (now - this.#sentAt >= GAP_REPORT_DELAY) this.#send(now);
    else this.deadlines.setEarlier(DEADLINE.acknowledge, now + GAP_REPORT_DELAY);
  }

  #send(now: number): void {
    const incoming = this.incoming;
    if (!incoming.acknowledges(now)) return;
    let flags: number = FLAG.ack | FLAG.window;
    let report: Uint8Array | undefined;
    if (!incoming.hasGap) this.#early = 0;
    else if (incoming.asked) {
      flags |= FLAG.runs;
      report = this.#writeRuns();
    } else {
      this.#map.fill(0);
      report = this.#map.subarray(0, incoming.writeMap(this.#map));
    }
    if (!this.writer.bare(flags, report)) {
      return this.deadlines.setEarlier(DEADLINE.acknowledge, now + ACK_DELAY);
    }
    this.#again = false;
    this.#sentAt = now;
    this.deadlines.clear(DEADLINE.acknowledge);
  }

  #writeRuns(): Uint8Array {
    this.#runs.begin(this.room());
    this.incoming.writeRuns(this.#runs);
    return this.#runs.bytes;
  }
}
