/**
 * Asks the other end, if it is of our kind, for a window that is large enough for the path, as far as memory allows.
 *
 * @module
 */
import { LARGEST_WINDOW, SHORT_TRIP, WINDOW, WINDOW_LIFE } from "../constants.ts";
import type { MemoryShare } from "../flow_memory.ts";
import { FLAG } from "../../wire/frct_header.ts";
import { WANTED_BYTES, writeWanted } from "../../wire/frct_report.ts";
import type { PduWriter } from "../pdu_writer.ts";
import { distance } from "../serial.ts";
import type { Flight } from "./flight.ts";
import type { RoundTrip } from "./round_trip.ts";
import type { SendWindow } from "./send_window.ts";
import type { SendingLimit } from "./sending_limit.ts";

/** Milliseconds between two requests, at least and at most. */
const AGAIN = 10;
const LAST_AGAIN = 5000;
/** A window for so many times what may be under way: a packet that is lost is there two round trips after it was sent. */
const WINDOWS = 2;

/** What a {@link WindowRequest} works with. */
export interface WindowRequestContext {
  readonly flight: Flight;
  readonly window: SendWindow;
  readonly limit: SendingLimit;
  readonly roundTrip: RoundTrip;
  readonly writer: PduWriter;
  readonly memory: MemoryShare;
}

/** The requests of one end. */
export class WindowRequest {
  /** Packets and bytes that may be in flight. */
  packets = WINDOW;
  bytes: number;
  readonly #body = new Uint8Array(WANTED_BYTES);
  #askAt = 0;
  #pause = AGAIN;
  #usedAt = 0;

  constructor(private readonly context: WindowRequestContext) {
    this.bytes = context.memory.most;
  }

  /** Something was acknowledged: asks if the window may soon be too small. */
  look(now: number): void {
    const { flight, window, limit, roundTrip } = this.context;
    this.#usedAt = now;
    const wanted = WINDOWS * limit.packets;
    if (now < this.#askAt || !limit.binding || wanted <= WINDOW || roundTrip.shortest < SHORT_TRIP) return;
    if (wanted <= distance(flight.oldest, window.edge)) return;
    let packets = WINDOW;
    while (packets < wanted && packets < LARGEST_WINDOW) packets *= 2;
    const same = packets <= this.packets;
    this.#pause = same ? Math.min(2 * this.#pause, LAST_AGAIN) : Math.max(AGAIN, roundTrip.smoothed);
    this.#askAt = now + this.#pause;
    this.#ask(packets);
  }

  /** Gives memory back when nothing was sent for long. */
  rest(now: number): void {
    const { flight, window, limit, memory } = this.context;
    if (this.packets === WINDOW || flight.length > 0 || now - this.#usedAt < WINDOW_LIFE) return;
    this.packets = limit.most = WINDOW;
    window.narrow(flight.next);
    flight.shrink();
    memory.release();
    this.#ask(WINDOW);
  }

  #ask(packets: number): void {
    const { flight, window, limit, writer, memory } = this.context;
    this.packets = limit.most = Math.max(this.packets, packets);
    window.most = LARGEST_WINDOW;
    if (packets === WINDOW) this.bytes = memory.most;
    else {
      // The first window of large packets is there in any case.
      const least = Math.min(memory.most, WINDOW * flight.largest);
      this.bytes = Math.max(least, memory.reserve(packets * flight.largest));
    }
    writeWanted(this.#body, packets);
    writer.bare(FLAG.rendezvous, this.#body);
  }
}
