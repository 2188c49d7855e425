/**
 * Memory that `sendmmsg` and `recvmmsg` work on: message headers, their vectors, addresses, ancillary data and the bytes
 * of the packets, in one block that does not move (layouts of 64-bit Linux: recvmmsg(2), sendmmsg(2)).
 *
 * @module
 */

/** Bytes of a `struct mmsghdr`. */
export const MESSAGE = 64;
/** Bytes of a `struct iovec`. */
export const VECTOR = 16;
/** Bytes kept for the address of a message: `struct sockaddr_in6` and padding. */
export const NAME = 32;
/** Bytes kept for the ancillary data of a message: one `struct cmsghdr` with up to 24 bytes. */
export const CONTROL = 40;

/** Words of 32 bits in a `struct mmsghdr` that are read or written by their own. */
const NAME_AT = 0, NAME_LENGTH = 2, VECTORS_AT = 4, VECTOR_COUNT = 6, CONTROL_AT = 8, CONTROL_LENGTH = 10;
const FLAGS = 12, LENGTH = 14;

/** How many of each a block has. */
export interface BlockSize {
  readonly messages: number;
  /** Packets: each has a vector, a name and a slot for its bytes. */
  readonly slots: number;
  /** Bytes of a slot. */
  readonly slotBytes: number;
}

/** A block. Message m uses ancillary data m; slot s has vector s and name s. */
export class MessageBlock {
  readonly size: BlockSize;
  /** All of it. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, as words; numbers of the kernel are little-endian on every machine that the runtime is built for. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly #pointer: Deno.PointerObject;
  readonly #address: number;
  readonly #vectors: number;
  readonly #names: number;
  readonly #controls: number;
  readonly #slots: number;

  constructor(size: BlockSize) {
    const slotBytes = (size.slotBytes + 7) & ~7;
    this.size = { ...size, slotBytes };
    this.#vectors = size.messages * MESSAGE;
    this.#names = this.#vectors + size.slots * VECTOR;
    this.#controls = this.#names + size.slots * NAME;
    this.#slots = this.#controls + size.messages * CONTROL;
    this.bytes = new Uint8Array(new ArrayBuffer(this.#slots + size.slots * slotBytes));
    this.words = new Uint32Array(this.bytes.buffer);
    const pointer = Deno.UnsafePointer.of(this.bytes);
    if (!pointer) throw new RangeError("the runtime gave a block without memory");
    this.#pointer = pointer;
    this.#address = Number(Deno.UnsafePointer.value(pointer));
    for (let slot = 0; slot < size.slots; slot++) {
      this.#point(this.#vectors + slot * VECTOR, this.slotAt(slot));
      this.setVector(slot, slotBytes);
    }
  }

  /** Returns where a message starts, for a call. */
  messagePointer(message: number): Deno.PointerObject {
    if (message === 0) return this.#pointer;
    return Deno.UnsafePointer.offset(this.#pointer, message * MESSAGE) ?? this.#pointer;
  }

  /** Returns where in `bytes` a slot starts. */
  slotAt(slot: number): number {
    return this.#slots + slot * this.size.slotBytes;
  }

  /** Returns where in `bytes` the address of a slot starts. */
  nameAt(slot: number): number {
    return this.#names + slot * NAME;
  }

  /** Copies an address to a slot. */
  setName(slot: number, name: Uint32Array): void {
    const at = this.nameAt(slot) >> 2;
    for (let word = 0; word < name.length; word++) this.words[at + word] = name[word];
  }

  /** Returns where in `bytes` the ancillary data of a message starts. */
  controlAt(message: number): number {
    return this.#controls + message * CONTROL;
  }

  /** Sets how many bytes of a slot are sent, or may be received. */
  setVector(slot: number, bytes: number): void {
    this.words[(this.#vectors + slot * VECTOR + 8) >> 2] = bytes;
  }

  /** Returns what {@link setVector} has set. */
  vector(slot: number): number {
    return this.words[(this.#vectors + slot * VECTOR + 8) >> 2];
  }

  /** Lets a message consist of `count` slots, with the address of the first: `nameBytes` of it, 0 for none. */
  setMessage(message: number, slot: number, count: number, nameBytes: number): void {
    const at = message * (MESSAGE / 4);
    this.#point(message * MESSAGE + NAME_AT * 4, nameBytes === 0 ? undefined : this.nameAt(slot));
    this.words[at + NAME_LENGTH] = nameBytes;
    this.#point(message * MESSAGE + VECTORS_AT * 4, this.#vectors + slot * VECTOR);
    this.words[at + VECTOR_COUNT] = count;
  }

  /** Sets how many bytes of the address of a message are there, or may be received. */
  setNameLength(message: number, bytes: number): void {
    this.words[message * (MESSAGE / 4) + NAME_LENGTH] = bytes;
  }

  /** Sets how many bytes of ancillary data a message has, or may be received; 0 for none. */
  setControl(message: number, bytes: number): void {
    this.#point(message * MESSAGE + CONTROL_AT * 4, bytes === 0 ? undefined : this.controlAt(message));
    this.words[message * (MESSAGE / 4) + CONTROL_LENGTH] = bytes;
  }

  /** Returns the bytes of ancillary data that a message came with. */
  controlLength(message: number): number {
    return this.words[message * (MESSAGE / 4) + CONTROL_LENGTH];
  }

  /** Returns the flags of a message that came. */
  flags(message: number): number {
    return this.words[message * (MESSAGE / 4) + FLAGS];
  }

  /** Returns the bytes of a message that came. */
  length(message: number): number {
    return this.words[message * (MESSAGE / 4) + LENGTH];
  }

  /** Writes the machine address of `to` (undefined: none) at `at`; both are places in `bytes`. */
  #point(at: number, to: number | undefined): void {
    const address = to === undefined ? 0 : this.#address + to;
    this.words[at >> 2] = address;
    this.words[(at >> 2) + 1] = address / 0x1_0000_0000;
  }
}
