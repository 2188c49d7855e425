/**
 * Packets that wait to be sent, in slots that are used over and over.
 *
 * @module
 */
import { MessageBlock } from "../c/message_block.ts";

/** Most memory that the slots of a ring take, in bytes; it is used only as far as the queue grows. */
const MEMORY = 8 << 20;
/** Most and fewest packets that a ring takes. */
const MOST = 1024, FEWEST = 64;

/** What is copied byte by byte, because a call of the runtime would take longer. */
const SHORT = 32;

/** The memory of one socket's sending side. */
export class SendRing {
  /** Packets it takes. */
  readonly capacity: number;
  /** Largest packet, in bytes. */
  readonly largest: number;
  /** Where everything is. */
  readonly block: MessageBlock;
  #head = 0;
  #count = 0;

  /** @param messages messages that one call sends; a message is one or several packets. 0: as many as packets */
  constructor(largest: number, messages = 0, most = MOST) {
    this.largest = largest;
    this.capacity = Math.min(most, Math.max(FEWEST, Math.floor(MEMORY / largest)));
    this.block = new MessageBlock({
      messages: messages || this.capacity,
      slots: this.capacity,
      slotBytes: largest,
    });
  }

  /** Packets that wait. */
  get count(): number {
    return this.#count;
  }

  /** The slot of the oldest packet. */
  get head(): number {
    return this.#head;
  }

  /** Packets that wait and whose slots are in a row, from the oldest. */
  get row(): number {
    return Math.min(this.#count, this.capacity - this.#head);
  }

  /** Copies a packet behind its header into the next slot, whose number it returns; −1: no room, or too long. */
  put(header: Uint8Array, packet: Uint8Array): number {
    const length = header.length + packet.length;
    if (this.#count === this.capacity || length > this.largest) return -1;
    let slot = this.#head + this.#count;
    if (slot >= this.capacity) slot -= this.capacity;
    const { bytes } = this.block, at = this.block.slotAt(slot);
    copy(header, bytes, at);
    copy(packet, bytes, at + header.length);
    this.block.setVector(slot, length);
    this.#count++;
    return slot;
  }

  /** Forgets the oldest packets. */
  take(count: number): void {
    this.#count -= count;
    this.#head += count;
    if (this.#head >= this.capacity) this.#head -= this.capacity;
    // Starting over keeps the memory in use small.
    if (this.#count === 0) this.#head = 0;
  }
}

function copy(from: Uint8Array, to: Uint8Array, at: number): void {
  if (from.length > SHORT) to.set(from, at);
  else for (let index = 0; index < from.length; index++) to[at + index] = from[index];
}
