/**
 * The packets that are sent and not acknowledged: copies of them, and what is known of each.
 *
 * @module
 */
import { NO_BYTES } from "../../kit/bytes.ts";
import type { BufferPool } from "../buffer_pool.ts";
import { WINDOW } from "../constants.ts";
import { isReceived } from "../../wire/frct_header.ts";
import type { RunReader } from "../../wire/frct_report.ts";
import type { Numbers } from "../pdu_writer.ts";
import { PlaceList } from "./place_list.ts";
import { distance, plus } from "../serial.ts";

/** What is known of a packet in flight. */
export const FATE = {
  /** It may arrive. */
  underWay: 0,
  /** It has arrived, behind a gap. */
  arrived: 1,
  /** It is taken for lost, to be sent again. */
  lost: 2,
} as const;

/** Hears of each packet that is found to have arrived. */
export interface ArrivalObserver {
  /** @param place of the packet in the arrays of {@link Flight} */
  arrived(place: number): void;
}

/** Packets by number, in a ring that grows; the arrays are indexed by the low bits of the number, its place. */
export class Flight implements Numbers {
  /** The oldest number that is not acknowledged. */
  oldest: number;
  /** The next number to send. */
  next: number;
  /** Something was acknowledged: the other end has begun our run. */
  confirmed = false;
  /** Bytes of the packets that are not known to have arrived. */
  bytes = 0;
  /** Bytes of the largest packet so far. */
  largest = 1;
  /** Transmissions so far. */
  transmissions = 0;
  /** Packets that the ring has room for. */
  size = WINDOW;
  /** One of {@link FATE}. */
  fates = new Uint8Array(WINDOW);
  /** Time of the last transmission. */
  sentAt = new Float64Array(WINDOW);
  /** Its place among all transmissions. */
  orders = new Float64Array(WINDOW);
  /** How often the packet was sent. */
  tries = new Uint16Array(WINDOW);
  /** Whether it began a run. */
  runs = new Uint8Array(WINDOW);
  /** Packets under way, in the order of their last transmissions. */
  #sent = new PlaceList(WINDOW);
  /** Packets taken for lost, in the order of their numbers. */
  #lost = new PlaceList(WINDOW);
  #buffers: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(WINDOW).fill(undefined);
  #lengths = new Uint32Array(WINDOW);

  /** @param first the first number of all */
  constructor(first: number, private readonly pool: BufferPool) {
    this.oldest = this.next = first;
  }

  /** Returns how many packets are in flight. */
  get length(): number {
    return distance(this.oldest, this.next);
  }

  /** Returns how many packets are under way. */
  get underWay(): number {
    return this.#sent.length;
  }

  /** Returns how many packets are taken for lost. */
  get lost(): number {
    return this.#lost.length;
  }

  /** Returns the place of the packet under way whose last transmission is the oldest; −1: there is none. */
  get firstSent(): number {
    return this.#sent.first;
  }

  /** Returns the place of the packet under way that was sent next; −1: there is none. */
  sentAfter(place: number): number {
    return this.#sent.after(place);
  }

  /** Returns the lowest number that is taken for lost; the next number to send when none is. */
  get firstLost(): number {
    return this.#lost.first < 0 ? this.next : this.#seqno(this.#lost.first);
  }

  /** Returns the place of a number in the arrays. */
  place(seqno: number): number {
    return seqno & (this.size - 1);
  }

  /** Adds a copy of the packet with the next number, which was sent now. */
  add(packet: Uint8Array, run: boolean, now: number): void {
    if (this.length === this.size) this.#resize(2 * this.size);
    if (packet.length > this.largest) this.largest = packet.length;
    const place = this.place(this.next);
    this.#buffers[place] = this.pool.copy(packet);
    this.#lengths[place] = packet.length;
    this.tries[place] = 0;
    this.runs[place] = run ? 1 : 0;
    this.bytes += packet.length;
    this.next = plus(this.next, 1);
    this.#send(place, now);
  }

  /** Returns the packet at a place. */
  packet(place: number): Uint8Array {
    const buffer = this.#buffers[place];
    return buffer === undefined ? NO_BYTES : buffer.subarray(0, this.#lengths[place]);
  }

  /** Notes that a packet that was taken for lost was sent. */
  sent(place: number, now: number): void {
    this.#lost.remove(place);
    this.#send(place, now);
  }

  /** Takes a packet that is under way for lost. */
  lose(place: number): void {
    if (this.fates[place] !== FATE.underWay) return;
    this.fates[place] = FATE.lost;
    this.#sent.remove(place);
    let before = this.#lost.last;
    const ahead = distance(this.oldest, this.#seqno(place));
    while (before >= 0 && distance(this.oldest, this.#seqno(before)) > ahead) {
      before = this.#lost.before(before);
    }
    this.#lost.insert(place, before);
  }

  /** Removes the packets before `ackno`, which have arrived. `ackno` is not after the next number. */
  acknowledge(ackno: number, observer: ArrivalObserver): void {
    while (this.oldest !== ackno) {
      this.#arrive(this.place(this.oldest), observer);
      this.oldest = plus(this.oldest, 1);
    }
  }

  /** Marks the packets in the map, which begins behind the oldest, as arrived. */
  mark(map: Uint8Array, observer: ArrivalObserver): void {
    const end = Math.min(this.length, 8 * map.length + 1);
    for (let ahead = 1; ahead < end; ahead++) {
      if (isReceived(map, ahead)) this.#arrive(this.place(this.oldest + ahead), observer);
    }
  }

  /** Marks the packets in the runs, which begin with the oldest, as arrived. */
  markRuns(runs: RunReader, observer: ArrivalObserver): void {
    const { length, oldest } = this;
    for (let ahead = 0; ahead < length;) {
      const missing = runs.next();
      const there = missing === 0 ? 0 : runs.next();
      if (there === 0) return;
      ahead += missing;
      for (const end = Math.min(length, ahead + there); ahead < end; ahead++) {
        this.#arrive(this.place(oldest + ahead), observer);
      }
    }
  }

  /** Makes the ring small again. Nothing is in flight. */
  shrink(): void {
    if (this.size > WINDOW) this.#resize(WINDOW);
    this.pool.clear();
  }

  #seqno(place: number): number {
    return plus(this.oldest, (place - this.oldest) & (this.size - 1));
  }

  #send(place: number, now: number): void {
    this.fates[place] = FATE.underWay;
    this.sentAt[place] = now;
    this.orders[place] = this.transmissions++;
    this.tries[place]++;
    this.#sent.insert(place, this.#sent.last);
  }

  #arrive(place: number, observer: ArrivalObserver): void {
    const fate = this.fates[place];
    if (fate === FATE.arrived) return;
    observer.arrived(place);
    if (fate === FATE.underWay) this.#sent.remove(place);
    else this.#lost.remove(place);
    this.fates[place] = FATE.arrived;
    // The other end keeps what it has said to have.
    const buffer = this.#buffers[place];
    if (buffer !== undefined) this.pool.giveBack(buffer);
    this.#buffers[place] = undefined;
    this.bytes -= this.#lengths[place];
  }

  #resize(size: number): void {
    const { fates, sentAt, orders, tries, runs } = this;
    const [sent, lost, buffers, lengths, old] = [
      this.#sent,
      this.#lost,
      this.#buffers,
      this.#lengths,
      this.size,
    ];
    this.size = size;
    this.fates = new Uint8Array(size);
    this.sentAt = new Float64Array(size);
    this.orders = new Float64Array(size);
    this.tries = new Uint16Array(size);
    this.runs = new Uint8Array(size);
    this.#buffers = new Array(size).fill(undefined);
    this.#lengths = new Uint32Array(size);
    for (let seqno = this.oldest; seqno !== this.next; seqno = plus(seqno, 1)) {
      const from = seqno & (old - 1);
      const to = this.place(seqno);
      this.fates[to] = fates[from];
      this.sentAt[to] = sentAt[from];
      this.orders[to] = orders[from];
      this.tries[to] = tries[from];
      this.runs[to] = runs[from];
      this.#buffers[to] = buffers[from];
      this.#lengths[to] = lengths[from];
    }
    const moved = (place: number) => this.place(plus(this.oldest, (place - this.oldest) & (old - 1)));
    this.#sent = sent.moved(size, moved);
    this.#lost = lost.moved(size, moved);
  }
}
