/**
 * Packets that came before others that were sent earlier.
 *
 * @module
 */
import type { BufferPool } from "../buffer_pool.ts";
import { WINDOW } from "../constants.ts";
import type { ReadyQueue } from "./ready_queue.ts";
import { markReceived } from "../../wire/frct_header.ts";
import { distance, plus } from "../serial.ts";

/** Copies of packets by number; the numbers in it are within one window. */
export class ReorderQueue {
  readonly #buffers: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(WINDOW).fill(undefined);
  readonly #lengths = new Uint32Array(WINDOW);
  readonly #seqnos = new Uint32Array(WINDOW);
  #length = 0;
  #bytes = 0;

  constructor(private readonly pool: BufferPool) {}

  /** Returns how many packets wait. */
  get length(): number {
    return this.#length;
  }

  /** Returns how many bytes the waiting packets have. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a copy of a packet. Returns false when the packet is there already. */
  add(seqno: number, packet: Uint8Array): boolean {
    const place = seqno & (WINDOW - 1);
    if (this.#buffers[place] !== undefined) return false;
    this.#buffers[place] = this.pool.copy(packet);
    this.#lengths[place] = packet.length;
    this.#seqnos[place] = seqno;
    this.#length++;
    this.#bytes += packet.length;
    return true;
  }

  /** Moves the packets from `next` on, up to the first that is missing, to the queue. Returns the number of the missing packet. */
  moveTo(ready: ReadyQueue, next: number): number {
    while (this.#length > 0) {
      const place = next & (WINDOW - 1);
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
    let last = 0;
    for (let ahead = 1; ahead < WINDOW; ahead++) {
      if (this.#buffers[(missing + ahead) & (WINDOW - 1)] === undefined) continue;
      markReceived(map, ahead);
      last = ahead;
    }
    return (last + 7) >> 3;
  }

  /** Drops the packets that are not among the {@link WINDOW} numbers from `first` on. */
  keepFrom(first: number): void {
    for (let place = 0; place < WINDOW && this.#length > 0; place++) {
      const buffer = this.#buffers[place];
      const ahead = distance(first, this.#seqnos[place]);
      if (buffer === undefined || (ahead >= 0 && ahead < WINDOW)) continue;
      this.#forget(place);
      this.pool.giveBack(buffer);
    }
  }

  #forget(place: number): void {
    this.#buffers[place] = undefined;
    this.#length--;
    this.#bytes -= this.#lengths[place];
  }
}
