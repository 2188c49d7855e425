/**
 * The packets that are sent and not acknowledged: copies of them, and what is known of each.
 *
 * @module
 */
import { NO_BYTES } from "../../kit/bytes.ts";
import type { BufferPool } from "../buffer_pool.ts";
import { WINDOW } from "../constants.ts";
import { isReceived } from "../../wire/frct_header.ts";
import type { Numbers } from "../pdu_writer.ts";
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

/** At most {@link WINDOW} packets, by number; the arrays are indexed by the low bits of it. */
export class Flight implements Numbers {
  /** The oldest number that is not acknowledged. */
  oldest: number;
  /** The next number to send. */
  next: number;
  /** Something was acknowledged: the other end has begun our run. */
  confirmed = false;
  /** Packets under way. */
  underWay = 0;
  /** Packets taken for lost. */
  lost = 0;
  /** Bytes of all packets. */
  bytes = 0;
  /** Transmissions so far. */
  transmissions = 0;
  /** One of {@link FATE}. */
  readonly fates = new Uint8Array(WINDOW);
  /** Time of the last transmission. */
  readonly sentAt = new Float64Array(WINDOW);
  /** Its place among all transmissions. */
  readonly orders = new Float64Array(WINDOW);
  /** How often the packet was sent. */
  readonly tries = new Uint16Array(WINDOW);
  /** Whether it began a run. */
  readonly runs = new Uint8Array(WINDOW);
  readonly #buffers: (Uint8Array<ArrayBuffer> | undefined)[] = new Array(WINDOW).fill(undefined);
  readonly #lengths = new Uint32Array(WINDOW);

  /** @param first the first number of all */
  constructor(first: number, private readonly pool: BufferPool) {
    this.oldest = this.next = first;
  }

  /** Returns how many packets are in flight. */
  get length(): number {
    return distance(this.oldest, this.next);
  }

  /** Returns the place of a number in the arrays. */
  place(seqno: number): number {
    return seqno & (WINDOW - 1);
  }

  /** Adds a copy of the packet with the next number, which was sent now. */
  add(packet: Uint8Array, run: boolean, now: number): void {
    const place = this.place(this.next);
    this.#buffers[place] = this.pool.copy(packet);
    this.#lengths[place] = packet.length;
    this.tries[place] = 0;
    this.runs[place] = run ? 1 : 0;
    this.fates[place] = FATE.lost;
    this.bytes += packet.length;
    this.lost++;
    this.next = plus(this.next, 1);
    this.sent(place, now);
  }

  /** Returns the packet at a place. */
  packet(place: number): Uint8Array {
    const buffer = this.#buffers[place];
    return buffer === undefined ? NO_BYTES : buffer.subarray(0, this.#lengths[place]);
  }

  /** Notes that a packet that was taken for lost was sent. */
  sent(place: number, now: number): void {
    this.fates[place] = FATE.underWay;
    this.sentAt[place] = now;
    this.orders[place] = this.transmissions++;
    this.tries[place]++;
    this.underWay++;
    this.lost--;
  }

  /** Takes a packet that is under way for lost. */
  lose(place: number): void {
    if (this.fates[place] !== FATE.underWay) return;
    this.fates[place] = FATE.lost;
    this.underWay--;
    this.lost++;
  }

  /** Removes the packets before `ackno`, which have arrived. `ackno` is not after the next number. */
  acknowledge(ackno: number, observer: ArrivalObserver): void {
    while (this.oldest !== ackno) {
      const place = this.place(this.oldest);
      this.#arrive(place, observer);
      const buffer = this.#buffers[place];
      if (buffer !== undefined) this.pool.giveBack(buffer);
      this.#buffers[place] = undefined;
      this.bytes -= this.#lengths[place];
      this.oldest = plus(this.oldest, 1);
    }
  }

  /** Marks the packets in the map, which begins behind the oldest, as arrived. */
  mark(map: Uint8Array, observer: ArrivalObserver): void {
    for (let ahead = 1; ahead < this.length; ahead++) {
      if (isReceived(map, ahead)) this.#arrive(this.place(this.oldest + ahead), observer);
    }
  }

  #arrive(place: number, observer: ArrivalObserver): void {
    const fate = this.fates[place];
    if (fate === FATE.arrived) return;
    if (fate === FATE.underWay) this.underWay--;
    else this.lost--;
    observer.arrived(place);
    this.fates[place] = FATE.arrived;
  }
}
