/**
 * The sending half of a flow whose packets are numbered but not sent again. The window is what the other end says, as long as it says
 * something sensible: receivers of the reference tell theirs only when they send, and too low for each packet that was lost.
 *
 * @module
 */
import { FAR_UNRELIABLE, FIRST_WINDOW, OVERRIDE_AFTER, WINDOW, WINDOW_EVERY } from "../constants.ts";
import type { FlowCounters } from "../counters.ts";
import type { Deadlines } from "../deadlines.ts";
import { type Outgoing, Rendezvous } from "./outgoing.ts";
import { FLAG } from "../../wire/frct_header.ts";
import type { Numbers, PduWriter } from "../pdu_writer.ts";
import { SendWindow } from "./send_window.ts";
import { distance, plus } from "../serial.ts";

/** Numbers without anything outstanding. */
export class PlainNumbers implements Numbers {
  readonly confirmed = false;

  /** @param next the first number */
  constructor(public next: number) {}

  get oldest(): number {
    return this.next;
  }
}

/** What an {@link UnreliableOutgoing} works with. */
export interface UnreliableOutgoingContext {
  readonly numbers: PlainNumbers;
  readonly writer: PduWriter;
  readonly deadlines: Deadlines;
  readonly counters: FlowCounters;
  /** Returns whether the other end is known to tell windows that count. */
  honest(): boolean;
}

/** Sends packets once. */
export class UnreliableOutgoing implements Outgoing {
  readonly unconfirmed = 0;
  readonly #numbers: PlainNumbers;
  readonly #window: SendWindow;
  readonly #rendezvous: Rendezvous;
  #closedAt: number | undefined;
  #asked = false;

  constructor(private readonly context: UnreliableOutgoingContext) {
    this.#numbers = context.numbers;
    this.#window = new SendWindow(context.numbers.next);
    this.#rendezvous = new Rendezvous(context.writer, context.deadlines);
  }

  mayWrite(): boolean {
    return this.#window.allows(this.#numbers.next);
  }

  write(packet: Uint8Array, now: number): boolean {
    const { next } = this.#numbers;
    if (!this.#window.allows(next)) {
      this.#closedAt ??= now;
      this.#rendezvous.begin(now);
      return false;
    }
    if (!this.context.writer.data(packet, next, true, now)) return false;
    this.#numbers.next = plus(next, 1);
    if (!this.#asked && this.#window.room(this.#numbers.next) <= WINDOW_EVERY) {
      this.#asked = true;
      this.context.writer.bare(FLAG.rendezvous);
    }
    return true;
  }

  /** Takes how far the other end has read: a better measure of its window than what it says. */
  acknowledged(ackno: number): void {
    const { next } = this.#numbers;
    const behind = distance(ackno, next);
    if (behind < 0 || behind > FAR_UNRELIABLE) this.context.counters.acksIgnored++;
    else this.#open(() => this.#window.moveTo(plus(ackno, WINDOW)));
  }

  windowTold(low: number): void {
    const { next } = this.#numbers;
    const { counters } = this.context;
    // Nothing is outstanding: the window may be behind what was sent.
    this.#open(() => {
      if (!this.#window.tell(low, plus(next, -WINDOW), next)) counters.windowsIgnored++;
    });
  }

  rendezvous(now: number): void {
    if (this.mayWrite()) return;
    if (this.#closedAt !== undefined && now - this.#closedAt >= OVERRIDE_AFTER && !this.context.honest()) {
      this.context.counters.windowsOverridden++;
      this.#open(() => this.#window.moveTo(plus(this.#numbers.next, FIRST_WINDOW)));
    } else this.#rendezvous.ask(now);
  }

  recover(now: number): void {
    this.#rendezvous.hurry(now);
  }

  #open(move: () => void): void {
    const { edge } = this.#window;
    move();
    if (edge === this.#window.edge || !this.mayWrite()) return;
    this.#asked = false;
    this.#closedAt = undefined;
    this.#rendezvous.end();
  }
}
