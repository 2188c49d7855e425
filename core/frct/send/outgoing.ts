/**
 * What both kinds of sending halves (with and without retransmission) can be told.
 *
 * @module
 */
import { RENDEZVOUS_FIRST, RENDEZVOUS_LAST } from "../constants.ts";
import { DEADLINE, type Deadlines } from "../deadlines.ts";
import { FLAG } from "../../wire/frct_header.ts";
import type { RunReader } from "../../wire/frct_report.ts";
import type { PduWriter } from "../pdu_writer.ts";

/** The sending half of a flow end. */
export interface Outgoing {
  /** Packets written that the other end is not known to have; 0 on an unreliable flow. */
  readonly unconfirmed: number;
  /** Numbers and sends a packet. Returns false, and does nothing, when the packet has to wait. */
  write(packet: Uint8Array, now: number): boolean;
  /** Returns whether a packet of some size may be written now. */
  mayWrite(length: number): boolean;
  /**
   * Takes the acknowledgement of everything before a number.
   *
   * @param bare the PDU carries no packet
   * @param report what has arrived behind a gap, from a bare PDU, as a map or in runs; undefined when nothing is told
   */
  acknowledged(ackno: number, bare: boolean, report: Uint8Array | RunReader | undefined, now: number): void;
  /** Takes the window that the other end tells, of which `low` is the low 24 bits. */
  windowTold(low: number, now: number): void;
  /** Asks for a window, which is due. */
  rendezvous(now: number): void;
  /** Does at once what waits, longer and longer, for an answer of the other end: the path carries packets again. */
  recover(now: number): void;
}

/** Asks again and again for a window, less and less often. */
export class Rendezvous {
  #interval = RENDEZVOUS_FIRST;

  constructor(private readonly writer: PduWriter, private readonly deadlines: Deadlines) {}

  /** Begins to ask, as a writer has found the window closed. */
  begin(now: number): void {
    if (this.deadlines.time(DEADLINE.rendezvous) === Infinity) {
      this.deadlines.set(DEADLINE.rendezvous, now + this.#interval);
    }
  }

  /** Asks again. */
  ask(now: number): void {
    this.writer.bare(FLAG.rendezvous);
    this.#interval = Math.min(RENDEZVOUS_LAST, 2 * this.#interval);
    this.deadlines.set(DEADLINE.rendezvous, now + this.#interval);
  }

  /** Asks at once if it asks at all, and then as often as at the beginning. */
  hurry(now: number): void {
    if (this.deadlines.time(DEADLINE.rendezvous) === Infinity) return;
    this.#interval = RENDEZVOUS_FIRST / 2;
    this.ask(now);
  }

  /** Asks no more, as the window is open. */
  end(): void {
    this.#interval = RENDEZVOUS_FIRST;
    this.deadlines.clear(DEADLINE.rendezvous);
  }
}
