/**
 * The state of the sending end of mb-ecn, as the reference has it after every packet: how many bytes a flow may send in a slot of
 * time. The pace of its packets is in `mb_ecn_pace.ts`.
 *
 * @module
 */

/** A slot has 2²⁴ ns at first. */
const INITIAL_SHIFT = 24;
/** Shortest and longest slot: 2¹⁰ ns, and 2⁴² ns, more than an hour. */
const MIN_SHIFT = 10;
const MAX_SHIFT = 42;
/** Bytes of a slot, and by how much they rise, at the initial size of a slot. */
const INITIAL_BYTES = 65536;
/** Packets after which a level that was not told again is forgotten. */
const FORGET = 32;
/** The slot is resized until it has so many packets. */
const MIN_PACKETS = 8;
const MAX_PACKETS = 64;
/** A level of 2¹³ would take all bytes of a slot. */
const DECREASE = 8192;

/** Everything that a sender remembers; in brackets the reference's names. */
export interface MbEcnSenderState {
  /** Level that the receiver has told (`tx_ece`). */
  readonly level: number;
  /** Packets since it was told (`tx_ctr`). */
  readonly sinceUpdate: number;
  /** Bytes sent in this slot (`tx_wbc`). */
  readonly bytes: number;
  /** Packets sent in this slot (`tx_wpc`). */
  readonly packets: number;
  /** Bytes that a slot may have (`tx_wbl`). */
  readonly limit: number;
  /** The receiver has told something: slow start is over (`tx_cav`). */
  readonly avoiding: boolean;
  /** A slot has two to the power of this many nanoseconds (`tx_mul`). */
  readonly shift: number;
  /** Bytes by which the limit rises (`tx_inc`). */
  readonly increase: number;
  /** Number of the slot: time divided by the size of a slot (`tx_slot`). */
  readonly slot: number;
}

/** The state of one flow's sending end. Times are nanoseconds of a monotonic clock. */
export class MbEcnSender {
  #level = 0;
  #sinceUpdate = 0;
  #bytes = 0;
  #packets = 0;
  #limit = INITIAL_BYTES;
  #avoiding = false;
  #shift = INITIAL_SHIFT;
  #increase = INITIAL_BYTES;
  #slot: number;
  /** Size of a slot. */
  #size = 2 ** INITIAL_SHIFT;
  /** When the slot ends. */
  #end: number;

  constructor(nowNs: number) {
    this.#slot = Math.floor(nowNs / this.#size);
    this.#end = (this.#slot + 1) * this.#size;
  }

  /** Takes the level that the receiver has told. */
  update(level: number): void {
    this.#level = level;
    this.#sinceUpdate = 0;
    this.#avoiding = true;
  }

  /** Counts a packet of `length` bytes that goes now. */
  sent(length: number, nowNs: number): void {
    this.#packets++;
    this.#bytes += length;
    if (++this.#sinceUpdate > FORGET) this.#level = 0;
    if (nowNs >= this.#end) this.#closeSlot(nowNs);
  }

  /** Returns what it remembers. */
  state(): MbEcnSenderState {
    return {
      level: this.#level,
      sinceUpdate: this.#sinceUpdate,
      bytes: this.#bytes,
      packets: this.#packets,
      limit: this.#limit,
      avoiding: this.#avoiding,
      shift: this.#shift,
      increase: this.#increase,
      slot: this.#slot,
    };
  }

  #closeSlot(nowNs: number): void {
    this.#slot = Math.floor(nowNs / this.#size);
    this.#adapt();
    let carry = false;
    if (this.#packets < MIN_PACKETS) carry = this.#lengthen();
    else if (this.#packets > MAX_PACKETS) this.#shorten();
    this.#end = (this.#slot + 1) * this.#size;
    if (carry) return;
    this.#bytes = 0;
    this.#packets = 0;
  }

  #adapt(): void {
    if (!this.#avoiding) {
      if (this.#bytes > this.#limit) this.#limit *= 2;
    } else if (this.#level > 0) {
      this.#limit = Math.max(1, this.#limit - Math.floor(this.#limit * this.#level / DECREASE));
    } else {
      this.#limit = this.#bytes + this.#increase;
    }
  }

  /** The slot gets longer. Whether the new one, of which some time has passed, is only beginning: then its count goes on. */
  #lengthen(): boolean {
    let doublings = 0;
    while (this.#packets * 2 ** doublings < MIN_PACKETS && this.#shift + doublings < MAX_SHIFT) doublings++;
    if (doublings === 0) return false;
    this.#rescale(doublings);
    this.#slot = Math.floor(this.#slot / 2 ** doublings);
    if (this.#slot % 2 ** doublings !== 0) return false;
    this.#slot++;
    return true;
  }

  #shorten(): void {
    let halvings = 0;
    while (this.#packets >> halvings > MAX_PACKETS && this.#shift - halvings > MIN_SHIFT) halvings++;
    this.#rescale(-halvings);
    this.#slot *= 2 ** halvings;
  }

  #rescale(doublings: number): void {
    const factor = 2 ** doublings;
    this.#shift += doublings;
    this.#size *= factor;
    this.#limit = Math.max(1, Math.floor(this.#limit * factor));
    this.#increase = Math.max(1, Math.floor(this.#increase * factor));
  }
}
