/**
 * The sending half of a flow that loses nothing: keeps a copy of each packet until the other end has acknowledged it, and sends again
 * what is lost, by evidence where the other end gives some, else by time.
 *
 * @module
 */
import { MIN_TIMEOUT, RETRANSMIT_LIFE, WINDOW } from "../constants.ts";
import type { FlowCounters } from "../counters.ts";
import { DEADLINE, type Deadlines } from "../deadlines.ts";
import type { MemoryShare } from "../flow_memory.ts";
import { RunReader } from "../../wire/frct_report.ts";
import type { Flight } from "./flight.ts";
import { LossEvidence } from "./loss_evidence.ts";
import { type Outgoing, Rendezvous } from "./outgoing.ts";
import { Pacer } from "./pacer.ts";
import type { PduWriter } from "../pdu_writer.ts";
import { RoundTrip } from "./round_trip.ts";
import { SendWindow } from "./send_window.ts";
import { SendingLimit } from "./sending_limit.ts";
import { distance, isBefore, plus } from "../serial.ts";
import { WindowRequest } from "./window_request.ts";

/** So much longer the time-out becomes when all had arrived before a probe; and when the other end only says again what it has said. */
const ALL_THERE = 2;
const SAID_AGAIN = 1.25;
/** Packets sent again for each that has arrived, so that a burst of losses does not become a burst of retransmissions. */
const AGAIN_FOR_EACH = 2;
/** With so many in flight, one that is lost is sent twice: to lose it again would hold up all that is behind it. */
const TWICE_FROM = 1024;
/** So many may be saved up, or a part of what may be under way. */
const CREDIT = 32;
const CREDIT_PART = 1 / 8;

/** What a {@link ReliableOutgoing} works with. */
export interface ReliableOutgoingContext {
  readonly flight: Flight;
  readonly writer: PduWriter;
  readonly deadlines: Deadlines;
  readonly counters: FlowCounters;
  readonly memory: MemoryShare;
  /** Called when nothing was acknowledged for too long. */
  failed(): void;
}

/** Sends packets until they have arrived. */
export class ReliableOutgoing implements Outgoing {
  /** Measured round trips. */
  readonly roundTrip = new RoundTrip();
  /** Packets that may be under way. */
  readonly limit: SendingLimit;
  readonly #flight: Flight;
  readonly #deadlines: Deadlines;
  readonly #window: SendWindow;
  readonly #rendezvous: Rendezvous;
  readonly #evidence: LossEvidence;
  readonly #pacer = new Pacer();
  /** Set when the other end is of our kind. */
  #request: WindowRequest | undefined;
  /** The pace keeps packets back. */
  #paced = false;
  #progressAt = 0;
  /** Time-outs since something was acknowledged. */
  #timeouts = 0;
  /** When a packet was last sent again because the other end was heard. */
  #triedAt = -Infinity;
  /** A probe was sent that may turn out to have been one too many. */
  #probed = false;
  /** The other end says what has arrived behind a gap. */
  #told = false;
  /** Without being told: what was sent when a time-out came; how many go again when they turn out to be lost; up to where they went. */
  #recoverTo: number;
  #burst = 1;
  /** Packets that may be sent again now. */
  #credit = 0;
  #sentTo: number;

  constructor(private readonly context: ReliableOutgoingContext) {
    this.#flight = context.flight;
    this.#deadlines = context.deadlines;
    this.#window = new SendWindow(context.flight.next);
    this.#rendezvous = new Rendezvous(context.writer, context.deadlines);
    this.#evidence = new LossEvidence(context.flight, this.roundTrip);
    this.limit = new SendingLimit(context.flight, this.#evidence, this.roundTrip);
    this.#recoverTo = this.#sentTo = context.flight.next;
  }

  get unconfirmed(): number {
    return this.#flight.length;
  }

  /** The other end is of our kind. */
  peerIsOurs(): void {
    if (this.#request !== undefined) return;
    const { flight, writer, memory } = this.context;
    const { limit, roundTrip } = this;
    this.#request = new WindowRequest({ flight, window: this.#window, limit, roundTrip, writer, memory });
    limit.peerIsOurs();
  }

  /** A look now and then: what was not used for long is given back. */
  rest(now: number): void {
    this.#request?.rest(now);
  }

  mayWrite(length: number): boolean {
    const flight = this.#flight;
    const window = this.#window;
    if (this.#paced || flight.lost > 0 || !window.allows(flight.next)) return false;
    if (flight.underWay >= this.limit.packets) {
      this.limit.held = true;
      return false;
    }
    const packets = this.#request?.packets ?? WINDOW;
    const bytes = this.#request?.bytes ?? this.context.memory.most;
    return flight.length < packets && (flight.bytes + length <= bytes || flight.length === 0);
  }

  write(packet: Uint8Array, now: number): boolean {
    const flight = this.#flight;
    if (!this.mayWrite(packet.length)) {
      if (!this.#window.allows(flight.next)) this.#rendezvous.begin(now);
      return false;
    }
    if (!this.#pacer.may(now)) {
      this.#paced = true;
      this.#deadlines.set(DEADLINE.pace, this.#pacer.next(now));
      return false;
    }
    const run = flight.length === 0;
    if (!this.context.writer.data(packet, flight.next, run, now)) return false;
    this.#pacer.sent(1);
    flight.add(packet, run, now);
    if (run) {
      this.#progressAt = now;
      this.#deadlines.set(DEADLINE.retransmit, now + this.roundTrip.timeout);
    }
    return true;
  }

  /** The pace allows more packets. */
  paceDue(): void {
    this.#paced = false;
  }

  windowTold(low: number): void {
    const { oldest, next } = this.#flight;
    if (!this.#window.tell(low, oldest, next)) this.context.counters.windowsIgnored++;
    if (this.#window.allows(next)) this.#rendezvous.end();
  }

  rendezvous(now: number): void {
    if (!this.#window.allows(this.#flight.next)) this.#rendezvous.ask(now);
  }

  recover(now: number): void {
    this.#rendezvous.hurry(now);
    this.#timeouts = 0;
    this.roundTrip.recovered();
    this.timeout(now);
  }

  /** Something of the other end has arrived: after several time-outs it may be that the path carries packets again. */
  alive(now: number): void {
    if (this.#timeouts < 2 || now - this.#triedAt < Math.max(MIN_TIMEOUT, this.roundTrip.smoothed)) return;
    this.#triedAt = now;
    this.timeout(now);
  }

  acknowledged(ackno: number, bare: boolean, report: Uint8Array | RunReader | undefined, now: number): void {
    const flight = this.#flight;
    const evidence = this.#evidence;
    const advance = distance(flight.oldest, ackno);
    if (advance < 0 || advance > flight.length) {
      this.context.counters.acksIgnored++;
      return;
    }
    if (bare && this.#probed && flight.length === 0) this.#wasInVain(ALL_THERE);
    evidence.begin(now);
    if (report !== undefined) this.#told = true;
    if (advance > 0) {
      flight.acknowledge(ackno, evidence);
      flight.confirmed = true;
    }
    if (report instanceof RunReader) flight.markRuns(report, evidence);
    else if (report !== undefined) flight.mark(report, evidence);
    const { arrivals } = evidence;
    if (arrivals > 0) this.#progress(now);
    else if (bare && this.#probed && this.#request !== undefined) this.#wasInVain(SAID_AGAIN);
    const before = flight.lost;
    if (this.#told && bare) this.#findLost(now);
    else if (!this.#told && advance > 0) this.#guessLost(now);
    this.#observe(flight.lost - before, now);
    const most = Math.max(CREDIT, CREDIT_PART * this.limit.packets);
    this.#credit = Math.min(most, this.#credit + AGAIN_FOR_EACH * arrivals);
    this.#sendAgain(now);
    if (arrivals > 0) this.#request?.look(now);
  }

  /** Takes packets for lost that were overtaken and have had their time. */
  reorderDue(now: number): void {
    const before = this.#flight.lost;
    this.#evidence.begin(now);
    this.#findLost(now);
    this.#observe(this.#flight.lost - before, now);
    this.#sendAgain(now);
  }

  /**
   * Nothing was acknowledged in time. The oldest packet goes again, whatever became of it: the answer will tell more. The first time
   * that is a probe, and all else stays as it is.
   */
  timeout(now: number): void {
    const flight = this.#flight;
    if (flight.length === 0) return;
    if (now - this.#progressAt >= RETRANSMIT_LIFE) return this.context.failed();
    this.context.counters.timeouts++;
    this.#probed = true;
    if (++this.#timeouts > 1) this.roundTrip.backOff();
    if (this.#timeouts === 2) this.#loseAll(now);
    this.#recoverTo = flight.next;
    this.#burst = 1;
    this.#credit = 0;
    flight.lose(flight.place(flight.oldest));
    this.#sendAgain(now, true);
    const last = this.#progressAt + RETRANSMIT_LIFE;
    this.#deadlines.set(DEADLINE.retransmit, Math.min(now + this.roundTrip.timeout, Math.max(last, now + 1)));
  }

  /** The probe was in vain too. One that would have told what has arrived has told nothing: all is taken for lost. */
  #loseAll(now: number): void {
    const flight = this.#flight;
    this.limit.collapse(now);
    if (!this.#told) return;
    for (let place = flight.firstSent; place >= 0 && now - flight.sentAt[place] >= this.roundTrip.smoothed;) {
      const next = flight.sentAfter(place);
      flight.lose(place);
      place = next;
    }
  }

  /** The probe, or what it told of, had arrived before. */
  #wasInVain(factor: number): void {
    this.#probed = false;
    this.roundTrip.tooShort(factor);
  }

  #progress(now: number): void {
    this.#evidence.measure();
    this.#progressAt = now;
    this.#timeouts = 0;
    if (this.#flight.length === 0) this.#deadlines.clear(DEADLINE.retransmit);
    else this.#deadlines.set(DEADLINE.retransmit, now + this.roundTrip.timeout);
  }

  #observe(lost: number, now: number): void {
    this.limit.observe(lost, now);
    this.#pacer.rate = this.limit.pace;
  }

  #findLost(now: number): void {
    const next = this.#evidence.find(now);
    if (next === Infinity) this.#deadlines.clear(DEADLINE.reorder);
    else this.#deadlines.set(DEADLINE.reorder, next);
  }

  /**
   * The other end tells only up to where it has everything. After a time-out an acknowledgement of some of it shows that the next one
   * is missing; and when it ends where the retransmissions ended, that a whole row is lost: then twice as many go at once.
   */
  #guessLost(now: number): void {
    const flight = this.#flight;
    if (flight.length === 0 || !isBefore(flight.oldest, this.#recoverTo)) return;
    if (now - flight.sentAt[flight.place(flight.oldest)] < this.roundTrip.smoothed) return;
    this.#burst = flight.oldest === this.#sentTo ? 2 * this.#burst : 1;
    const count = Math.min(this.#burst, distance(flight.oldest, this.#recoverTo));
    for (let at = 0; at < count; at++) flight.lose(flight.place(flight.oldest + at));
  }

  /** @param probe one of them in any case */
  #sendAgain(now: number, probe = false): void {
    const flight = this.#flight;
    const most = this.#told ? Math.max(1, this.#credit) : Math.max(this.#credit, this.#burst);
    for (let sent = 0; flight.lost > 0 && sent < most; sent++) {
      // Without being told, what is lost counts as under way: the burst is the limit.
      if (this.#told && !probe && flight.underWay >= this.limit.packets) return;
      const seqno = flight.firstLost;
      const place = flight.place(seqno);
      const run = flight.runs[place] === 1;
      if (!this.context.writer.data(flight.packet(place), seqno, run, now)) return;
      if (flight.length >= TWICE_FROM && !this.limit.full) {
        this.context.writer.data(flight.packet(place), seqno, run, now);
      }
      flight.sent(place, now);
      this.#pacer.sent(1);
      this.#sentTo = plus(seqno, 1);
      this.context.counters.retransmitted++;
      this.#credit = Math.max(0, this.#credit - 1);
    }
  }
}
