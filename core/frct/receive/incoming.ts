/**
 * The receiving half of a flow end with FRCT: numbers, order, and packets that wait for the application. This half sends nothing.
 *
 * @module
 */
import type { BufferPool } from "../buffer_pool.ts";
import {
  ACK_LIFE,
  FAR,
  FAR_UNRELIABLE,
  FIRST_WINDOW,
  HARD_BUFFER,
  LARGEST_WINDOW,
  WINDOW,
  WINDOW_LIFE,
} from "../constants.ts";
import type { FlowMemory, MemoryShare } from "../flow_memory.ts";
import { ReadyQueue } from "./ready_queue.ts";
import { ReorderQueue } from "./reorder_queue.ts";
import type { RunWriter } from "../../wire/frct_report.ts";
import { distance, isBefore, plus } from "../serial.ts";

/** Packets of any size that there must be room for. */
const LEAST_ROOM = 4;

/**
 * A large window has so many times the memory of a flow: half of it is still on the path when a packet that was lost arrives at last.
 * Only an application that stops reading can make the other end fill all of it.
 */
const GAP_ROOM = 2;

/** What became of a packet. The first two: there is something for the application. */
export type Arrival = "in order" | "gap filled" | "early" | "duplicate" | "outside" | "no run" | "full";

/** One direction of a flow. */
export class Incoming {
  /** The other end has begun a run of numbers. */
  started = false;
  /** The next number that is expected. */
  next = 0;
  /** The value of {@link next} that the other end was told. */
  toldNext = 0;
  /** The edge that the other end was told, or begins with. */
  toldEdge = 0;
  /** Packets since a window was told. */
  sinceWindow = 0;
  /** Packets that there is room for when none waits: fewer when they are large. */
  capacity = WINDOW;
  /** The other end has asked for a larger window: it is of our kind. */
  asked = false;
  /** Runs after the first. */
  runs = 0;
  /** What the application may take. */
  readonly ready: ReadyQueue;
  /** The memory of a large window. */
  readonly share: MemoryShare;
  readonly #early: ReorderQueue;
  #dataAt = -Infinity;
  #largest = 1;
  /** The window, in packets of any size. */
  #window = WINDOW;
  /** A number far from the run at hand, on an unreliable flow. */
  #candidate: number | undefined;

  /** @param life milliseconds after which the run is forgotten when no packet comes */
  constructor(
    private readonly reliable: boolean,
    private readonly life: number,
    pool: BufferPool,
    private readonly memory: FlowMemory,
  ) {
    this.share = memory.share(GAP_ROOM);
    this.ready = new ReadyQueue(pool);
    this.#early = new ReorderQueue(pool);
  }

  /** Returns the first number that is not accepted. The edge never moves back within a run. */
  get edge(): number {
    const edge = plus(this.next, Math.max(0, this.capacity - this.ready.length));
    return isBefore(edge, this.toldEdge) ? this.toldEdge : edge;
  }

  /** Returns whether packets are missing that were sent before others that have arrived. */
  get hasGap(): boolean {
    return this.started && this.#early.length > 0;
  }

  /** Returns the time of the last packet. */
  get dataAt(): number {
    return this.#dataAt;
  }

  /** Returns whether the other end can make sense of an acknowledgement. */
  acknowledges(now: number): boolean {
    return this.started && now - this.#dataAt <= ACK_LIFE;
  }

  /** Returns whether the other end can make sense of a window. */
  tellsWindow(now: number): boolean {
    return this.started && now - this.#dataAt < this.life;
  }

  /** Notes that the window was told. */
  toldWindow(): void {
    this.toldEdge = this.edge;
    this.sinceWindow = 0;
  }

  /** Begins the run of the other end where a PDU without a packet says. */
  begin(seqno: number, now: number): void {
    // The run goes on, and so does its window, however long the application has taken nothing.
    if (this.started && seqno === this.next) this.#dataAt = Math.max(this.#dataAt, now - this.life / 2);
    if (!this.started || now - this.#dataAt >= this.life) this.#start(seqno, now);
  }

  /** Takes a packet that has arrived. The bytes are copied when {@link ReadyQueue.keep} is called, or not at all. */
  receive(seqno: number, run: boolean, packet: Uint8Array, now: number): Arrival {
    if (!this.started && !run) return this.#beforeRun(seqno, packet);
    if (!this.started || (run && this.#isNewRun(seqno, now))) this.#start(seqno, now);
    const arrival = this.reliable
      ? this.#receiveReliable(seqno, packet, now)
      : this.#receiveAny(seqno, packet, now);
    if (arrival === "in order" || arrival === "gap filled") this.sinceWindow++;
    return arrival;
  }

  /**
   * The other end wants a window of so many packets. It gets what memory allows, unless the application leaves packets waiting. The
   * first window again is wanted by an end that was silent for long: it will not use what it was told.
   */
  widen(wanted: number, now: number): void {
    this.asked = true;
    if (wanted <= WINDOW) return this.#narrow(now);
    const window = Math.min(wanted, LARGEST_WINDOW);
    if (!this.reliable || window <= this.#window || this.ready.length > this.capacity / 8) return;
    const room = Math.floor(this.share.reserve(window * this.#largest) / this.#largest);
    this.#window = Math.max(this.#window, Math.min(window, room));
    this.#early.fit(this.#window);
    this.#measure();
  }

  #narrow(now: number): void {
    const waiting = this.ready.length + this.#early.length;
    if (this.#window === WINDOW || waiting > 0 || now - this.#dataAt < WINDOW_LIFE / 2) return;
    this.#window = WINDOW;
    this.share.release();
    this.#early.fit(WINDOW);
    this.ready.shrink();
    this.#measure();
    this.toldEdge = plus(this.next, this.capacity);
  }

  /** Writes what has arrived behind the gap into a map that is all zero. Returns how many bytes of the map are used. */
  writeMap(map: Uint8Array): number {
    return this.#early.writeMap(this.next, map);
  }

  /** Writes the same as runs. */
  writeRuns(writer: RunWriter): void {
    this.#early.writeRuns(this.next, writer);
  }

  /** Returns how many packets wait behind a gap. */
  get early(): number {
    return this.#early.length;
  }

  #start(seqno: number, now: number): void {
    if (this.started) this.runs++;
    this.started = true;
    this.next = this.toldNext = seqno;
    this.toldEdge = plus(seqno, FIRST_WINDOW);
    this.#dataAt = now;
    this.#early.keepFrom(seqno);
  }

  /**
   * The first packet of a new flow may have been lost, or overtaken: what comes without it is kept, but for what is too far from
   * each other to be in one window.
   */
  #beforeRun(seqno: number, packet: Uint8Array): Arrival {
    if (!this.reliable) return "no run";
    this.#candidate ??= seqno;
    if (Math.abs(distance(this.#candidate, seqno)) >= FIRST_WINDOW) return "no run";
    return this.#early.add(seqno, packet) ? "no run" : "duplicate";
  }

  /** The other end may begin anew when it was silent for long. */
  #isNewRun(seqno: number, now: number): boolean {
    if (seqno === this.next) return false;
    const quiet = now - this.#dataAt;
    if (quiet >= this.life) return true;
    const far = Math.abs(distance(this.next, seqno)) > (this.reliable ? FAR + this.#window : FAR_UNRELIABLE);
    if (!far) return false;
    if (quiet >= ACK_LIFE) return true;
    if (this.reliable) return false;
    // Every packet of an unreliable flow says that it begins a run: two in a row are believed.
    const believed = this.#candidate !== undefined && distance(this.#candidate, seqno) > 0 &&
      distance(this.#candidate, seqno) < WINDOW;
    this.#candidate = seqno;
    return believed;
  }

  #receiveReliable(seqno: number, packet: Uint8Array, now: number): Arrival {
    const { ready } = this;
    const ahead = distance(this.next, seqno);
    const window = this.#window;
    if (ahead < -window || ahead >= window - ready.length) return ahead < 0 ? "outside" : "full";
    this.#dataAt = now;
    if (ahead < 0) return "duplicate";
    const waiting = ready.bytes + this.#early.bytes;
    if (waiting + packet.length > this.#most && (ahead > 0 || ready.length > 0)) return "full";
    if (packet.length > this.#largest) this.#grow(packet.length);
    if (ahead > 0) return this.#early.add(seqno, packet) ? "early" : "duplicate";
    ready.borrow(packet);
    this.next = plus(seqno, 1);
    if (this.#early.length === 0) return "in order";
    this.next = this.#early.moveTo(ready, this.next);
    return "gap filled";
  }

  #receiveAny(seqno: number, packet: Uint8Array, now: number): Arrival {
    const ahead = distance(this.next, seqno);
    if (Math.abs(ahead) > FAR_UNRELIABLE) return "outside";
    if (ahead < 0) return "duplicate";
    this.#dataAt = now;
    this.#candidate = undefined;
    if (packet.length > this.#largest) this.#grow(packet.length);
    this.next = plus(seqno, 1);
    const waiting = this.ready.length;
    if (waiting >= WINDOW || (waiting > 0 && this.ready.bytes + packet.length > this.#most)) {
      return "full";
    }
    this.ready.borrow(packet);
    return "in order";
  }

  #grow(largest: number): void {
    this.#largest = largest;
    this.#measure();
  }

  #measure(): void {
    const { perFlow } = this.memory;
    const bytes = this.#window === WINDOW ? perFlow : this.share.reserve(this.#window * this.#largest);
    const packets = Math.floor(bytes / this.#largest);
    // The first window of small packets is there in any case.
    const least = Math.min(WINDOW, Math.floor(perFlow / this.#largest));
    this.capacity = Math.max(LEAST_ROOM, Math.min(this.#window, Math.max(least, packets)));
  }

  /** Bytes that the packets of a peer that ignores the window may take. */
  get #most(): number {
    return HARD_BUFFER * this.memory.perFlow;
  }
}
