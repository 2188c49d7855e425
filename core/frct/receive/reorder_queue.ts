/**
 * Packets that came before others that were sent earlier.
 *
 * @module
 */
import type { BufferPool } from "../buffer_pool.ts";
import { WINDOW } from "../constants.ts";
import type { ReadyQueue } from "./ready_queue.ts";
import { markReceived } from "../../wire/frct_header.ts";
import type { RunWriter } from "../../wire/frct_report.ts";
import { distance, plus } from "../serial.ts";

/** Copies of packets by number, in a ring; the numbers in it are within one window. */
export class ReorderQueue {
  #buffers: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(WINDOW).fill(undefined);
  #lengths = new Uint32Array(WINDOW);
  #seqnos = new Uint32Array(WINDOW);
  /** A bit for each place with a packet: going through a large window packet by packet would take long. */
  #bits = new Uint32Array(WINDOW / 32);
  #mask = WINDOW - 1;
  #length = 0;
  #bytes = 0;
  /** The highest number that was added since the queue was empty. */
  #highest = 0;

  constructor(private readonly pool: BufferPool) {}

  /** Returns how many packets wait. */
  get length(): number {
    return this.#length;
  }

  /** Returns how many bytes the waiting packets have. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Makes the ring as large as a window, or larger. */
  fit(window: number): void {
    let size = WINDOW;
    while (size < window) size *= 2;
    if (size > this.#mask + 1 || (size <= this.#mask && this.#length === 0)) this.#resize(size);
  }

  /** Adds a copy of a packet. Returns false when the packet is there already. */
  add(seqno: number, packet: Uint8Array): boolean {
    const place = seqno & this.#mask;
    if (this.#buffers[place] !== undefined) return false;
    this.#buffers[place] = this.pool.copy(packet);
    this.#lengths[place] = packet.length;
    this.#seqnos[place] = seqno;
    this.#bits[place >> 5] |= 1 << (place & 31);
    if (this.#length++ === 0 || distance(this.#highest, seqno) > 0) this.#highest = seqno;
    this.#bytes += packet.length;
    return true;
  }

  /** Moves the packets from `next` on, up to the first that is missing, to the queue. Returns the number of the missing packet. */
  moveTo(ready: ReadyQueue, next: number): number {
    while (this.#length > 0) {
      const place = next & this.#mask;
      const buffer = this.#buffers[place];
      if (buffer === undefined) break;
      ready.add(buffer, this.#lengths[place]);
      this.#forget(place);
      next = plus(next, 1);
    }
    return next;
  }

  /** Writes which packets are there into a map that is all zero. Returns how many bytes of the map are used. */
  writeMap(missing: number, map: Uint8Array): number {
    const last = Math.min(this.#last(missing), 8 * map.length);
    for (let ahead = 1; ahead <= last; ahead++) {
      if (this.#buffers[(missing + ahead) & this.#mask] !== undefined) markReceived(map, ahead);
    }
    return (last + 7) >> 3;
  }

  /** Writes which packets are missing, and which are there, from the first missing one on: as many runs as there is room for. */
  writeRuns(missing: number, writer: RunWriter): void {
    const last = this.#last(missing);
    let there = false;
    for (let began = 0, end = 0; end <= last; began = end, there = !there) {
      end = this.#endOfRun(missing, began, last, there);
      if (!writer.add(end - began)) return;
    }
  }

  /** Returns where the run that begins so far ahead of a number ends: behind the last packet at the latest. */
  #endOfRun(missing: number, began: number, last: number, there: boolean): number {
    for (let ahead = began; ahead <= last;) {
      const place = (missing + ahead) & this.#mask;
      const word = this.#bits[place >> 5];
      const others = (there ? ~word : word) >>> (place & 31);
      if (others !== 0) return Math.min(last + 1, ahead + 31 - Math.clz32(others & -others));
      ahead += 32 - (place & 31);
    }
    return last + 1;
  }

  /** Drops the packets that are not among the {@link WINDOW} numbers from `first` on. */
  keepFrom(first: number): void {
    for (let place = 0; place <= this.#mask && this.#length > 0; place++) {
      const buffer = this.#buffers[place];
      const ahead = distance(first, this.#seqnos[place]);
      if (buffer === undefined || (ahead >= 0 && ahead < WINDOW)) continue;
      this.#forget(place);
      this.pool.giveBack(buffer);
    }
  }

  /** How far the last packet is ahead of the first one that is missing. */
  #last(missing: number): number {
    return Math.min(this.#mask, Math.max(0, distance(missing, this.#highest)));
  }

  #forget(place: number): void {
    this.#buffers[place] = undefined;
    this.#bits[place >> 5] &= ~(1 << (place & 31));
    this.#length--;
    this.#bytes -= this.#lengths[place];
  }

  #resize(size: number): void {
    const [buffers, lengths, seqnos] = [this.#buffers, this.#lengths, this.#seqnos];
    this.#buffers = new Array(size).fill(undefined);
    this.#lengths = new Uint32Array(size);
    this.#seqnos = new Uint32Array(size);
    this.#bits = new Uint32Array(size / 32);
    this.#mask = size - 1;
    for (let at = 0; at < buffers.length; at++) {
      if (buffers[at] === undefined) continue;
      const place = seqnos[at] & this.#mask;
      this.#buffers[place] = buffers[at];
      this.#lengths[place] = lengths[at];
      this.#seqnos[place] = seqnos[at];
      this.#bits[place >> 5] |= 1 << (place & 31);
    }
  }
}
