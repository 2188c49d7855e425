/**
 * A flow with FRCT, the flow and retransmission control of Ouroboros: both halves of one end, joined.
 *
 * @module
 */
import { TimedOutError } from "../contract/errors.ts";
import { Acknowledger } from "./receive/acknowledger.ts";
import { BufferPool } from "./buffer_pool.ts";
import { LAST_WORD_AGAIN, LAST_WORDS, MAX_QUIET, MIN_QUIET, receiverLife } from "./constants.ts";
import { DEADLINE, type Deadline } from "./deadlines.ts";
import { FlowMemory, type MemoryShare } from "./flow_memory.ts";
import { Flight } from "./send/flight.ts";
import { FlowEndpoint } from "./flow_endpoint.ts";
import type { CloseCalls, FlowProtocolContext, FlowStats } from "./flow_protocol.ts";
import { type Arrival, Incoming } from "./receive/incoming.ts";
import type { Outgoing } from "./send/outgoing.ts";
import { FLAG, PCI_BYTES, pciAckno, pciFlags, pciSeqno, pciWindow } from "../wire/frct_header.ts";
import { readWanted, RunReader } from "../wire/frct_report.ts";
import { PduWriter } from "./pdu_writer.ts";
import { ReliableOutgoing } from "./send/reliable_outgoing.ts";
import { PlainNumbers, UnreliableOutgoing } from "./send/unreliable_outgoing.ts";

/** One end of a flow with FRCT. */
export class FrctFlow extends FlowEndpoint {
  readonly eager = true;
  readonly #incoming: Incoming;
  readonly #outgoing: Outgoing;
  readonly #reliable: ReliableOutgoing | undefined;
  readonly #acknowledger: Acknowledger;
  readonly #now: () => number;
  /** What the windows of both directions have reserved. */
  readonly #shares: readonly MemoryShare[];
  readonly #runs = new RunReader();
  /** The other end does what the reference never does: its reader needs no waking. */
  #modern = false;
  /** What has arrived is said again at that time, and was so often. */
  #lastWordAt = Infinity;
  #lastWords = 0;
  /** Closing may take until then. */
  #closeBy = Infinity;
  /** When all had arrived that was written before the close, or it was known that it has not. */
  #toldAt: number | undefined;

  constructor(context: FlowProtocolContext) {
    super(context, PCI_BYTES);
    const { envelope, deadlines, counters } = this;
    const { qos, mpl, ports: { clock, random }, waiting = () => false } = context;
    const { memory = new FlowMemory() } = context;
    const reliable = qos.loss === 0;
    const pool = new BufferPool();
    const first = random.uint32();
    this.#now = () => clock.now();
    this.#incoming = new Incoming(reliable, receiverLife(mpl), pool, memory);
    const copies = memory.share();
    this.#shares = [this.#incoming.share, copies];
    const numbers = reliable ? new Flight(first, pool) : new PlainNumbers(first);
    const writer = new PduWriter(envelope, this.#incoming, numbers, reliable, counters);
    const largest = () => this.maxPacket;
    this.#acknowledger = new Acknowledger(this.#incoming, writer, deadlines, reliable, waiting, largest);
    if (numbers instanceof Flight) {
      const failed = () =>
        this.fail(new TimedOutError("the other end has acknowledged nothing for 120 s: the flow has failed"));
      this.#reliable = new ReliableOutgoing({
        flight: numbers,
        writer,
        deadlines,
        counters,
        memory: copies,
        failed,
      });
      this.#outgoing = this.#reliable;
    } else {
      const honest = () => this.#modern;
      this.#outgoing = new UnreliableOutgoing({ numbers, writer, deadlines, counters, honest });
    }
  }

  get stats(): FlowStats {
    const { smoothed = 0, timeout = 0 } = this.#reliable?.roundTrip ?? {};
    return {
      ...this.counters,
      runs: this.#incoming.runs,
      unconfirmed: this.#outgoing.unconfirmed,
      ready: this.#incoming.ready.length,
      roundTrip: smoothed,
      timeout,
      limit: this.#reliable?.limit.packets ?? Infinity,
    };
  }

  get deliverable(): boolean {
    return this.#incoming.ready.length > 0;
  }

  receive(pdu: Uint8Array, arrivedAt?: number): void {
    if (this.finished) return;
    this.liveness.heard = true;
    if (pdu.length === 0) {
      this.counters.keepAlivesReceived++;
      return this.#reliable?.alive(this.#now());
    }
    const inside = this.envelope.open(pdu);
    if (inside === undefined) return;
    if (inside.length < PCI_BYTES) {
      this.counters.malformed++;
      return;
    }
    const now = arrivedAt ?? this.#now();
    const flags = pciFlags(inside);
    if ((flags & FLAG.data) === 0) this.#receiveBare(inside, flags, now);
    else this.#receiveData(inside, flags, now);
    if (!this.finished) this.#reliable?.alive(now);
  }

  override recover(): void {
    if (this.finished) return;
    const now = this.#now();
    this.#acknowledger.recover(now);
    this.#outgoing.recover(now);
    this.#unblock();
  }

  take(): Uint8Array | undefined {
    const packet = this.#incoming.ready.take();
    if (packet === undefined) return undefined;
    this.counters.delivered++;
    if (!this.finished) this.#acknowledger.taken(this.#now);
    return packet;
  }

  close(limit: number, calls: CloseCalls): void {
    if (this.closing !== undefined) return;
    this.closing = calls;
    this.#incoming.ready.clear();
    if (this.broken !== undefined) return this.settle(this.broken);
    const now = this.#now();
    this.#closeBy = now + limit;
    this.deadlines.clear(DEADLINE.rendezvous);
    this.deadlines.clear(DEADLINE.window);
    this.#acknowledger.last(now);
    this.#lastWordAt = now + LAST_WORD_AGAIN;
    this.#tryToFinish(now);
  }

  protected get unconfirmed(): number {
    return this.#outgoing.unconfirmed;
  }

  protected send(packet: Uint8Array): boolean {
    return this.#outgoing.write(packet, this.#now());
  }

  protected override due(kind: Deadline, now: number): void {
    if (kind === DEADLINE.acknowledge) this.#acknowledger.due(now);
    else if (kind === DEADLINE.retransmit) this.#reliable?.timeout(now);
    else if (kind === DEADLINE.reorder) this.#reliable?.reorderDue(now);
    else if (kind === DEADLINE.rendezvous) this.#outgoing.rendezvous(now);
    else if (kind === DEADLINE.window) this.#acknowledger.windowDue(now);
    else if (kind === DEADLINE.close) this.#tryToFinish(now);
    else if (kind === DEADLINE.pace) this.#reliable?.paceDue();
    else {
      super.due(kind, now);
      if (!this.finished) this.#reliable?.rest(now);
    }
    this.#unblock();
  }

  #receiveBare(pdu: Uint8Array, flags: number, now: number): void {
    if ((flags & FLAG.run) !== 0) {
      this.#modern = true;
      this.#reliable?.peerIsOurs();
      this.#incoming.begin(pciSeqno(pdu), now);
    }
    if ((flags & FLAG.rendezvous) !== 0) {
      if (pdu.length > PCI_BYTES) this.#incoming.widen(readWanted(pdu.subarray(PCI_BYTES)), now);
      return this.#acknowledger.asked(now);
    }
    this.#receiveFeedback(pdu, flags, now);
    this.#unblock();
  }

  #receiveFeedback(pdu: Uint8Array, flags: number, now: number): void {
    if ((flags & FLAG.window) !== 0) this.#outgoing.windowTold(pciWindow(pdu), now);
    if ((flags & FLAG.ack) === 0) return;
    const bare = (flags & FLAG.data) === 0;
    const body = bare && pdu.length > PCI_BYTES ? pdu.subarray(PCI_BYTES) : undefined;
    const runs = body !== undefined && (flags & FLAG.runs) !== 0;
    if (runs) this.#runs.begin(body);
    this.#outgoing.acknowledged(pciAckno(pdu), bare, runs ? this.#runs : body, now);
    if (this.closing !== undefined) this.#tryToFinish(now);
  }

  #receiveData(pdu: Uint8Array, flags: number, now: number): void {
    this.#receiveFeedback(pdu, flags, now);
    if (this.finished) return;
    const run = (flags & FLAG.run) !== 0;
    const arrival = this.#incoming.receive(pciSeqno(pdu), run, pdu.subarray(PCI_BYTES), now);
    this.#count(arrival);
    if (arrival === "in order" || arrival === "gap filled") this.#deliver();
    if (this.finished) return;
    this.#acknowledger.arrived(arrival, now);
    this.#unblock();
  }

  #deliver(): void {
    const { ready } = this.#incoming;
    if (this.closing === undefined) this.context.events.onDeliverable();
    if (this.closing === undefined) ready.keep();
    else ready.clear();
  }

  #count(arrival: Arrival): void {
    const { counters } = this;
    if (arrival === "early") counters.early++;
    else if (arrival === "duplicate") counters.duplicates++;
    else if (arrival === "full") counters.dropped++;
    else if (arrival === "outside" || arrival === "no run") counters.outside++;
  }

  protected override ended(): void {
    for (const share of this.#shares) share.release();
  }

  #unblock(): void {
    if (this.blocked && this.#outgoing.mayWrite(0)) this.resume();
  }

  /** While closing: says when all has arrived, and is over when the other end sends nothing again. */
  #tryToFinish(now: number): void {
    const { unconfirmed } = this;
    if (this.closing === undefined || this.finished) return;
    if (unconfirmed > 0 && now < this.#closeBy) return this.deadlines.set(DEADLINE.close, this.#closeBy);
    const error = new TimedOutError("the flow was closed before the other end had acknowledged it");
    this.tell(error);
    this.#toldAt ??= now;
    // An end that goes on sending does not keep the flow.
    const quiet = Math.min(this.#closeBy, this.#toldAt + MAX_QUIET, this.#quietUntil());
    if (now >= quiet) return this.settle(error);
    this.deadlines.set(DEADLINE.close, Math.min(quiet, this.#lastWordAgain(now)));
  }

  /**
   * Says again what has arrived: the other end may close, too, and if it had not heard it would say that its last packets may not have
   * arrived.
   *
   * @returns when it is to be said the next time
   */
  #lastWordAgain(now: number): number {
    if (now >= this.#lastWordAt && this.#lastWords < LAST_WORDS) {
      this.#acknowledger.last(now);
      this.#lastWordAt = now + LAST_WORD_AGAIN * 2 ** ++this.#lastWords;
    }
    return this.#lastWords < LAST_WORDS ? this.#lastWordAt : Infinity;
  }

  /** When the other end has had time to send again what it has not heard of being received. */
  #quietUntil(): number {
    if (this.#reliable === undefined) return -Infinity;
    // It surely sends again what is missing here.
    const least = this.#incoming.hasGap ? MAX_QUIET : MIN_QUIET;
    const quiet = Math.min(MAX_QUIET, Math.max(least, 4 * this.#reliable.roundTrip.timeout));
    return this.#incoming.dataAt + quiet;
  }
}
