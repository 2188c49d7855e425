/**
 * Receives packets of a socket in batches, always into the same memory.
 *
 * @module
 */
import { CONTROL, MessageBlock, NAME } from "../c/message_block.ts";
import { lastErrno, MSG_DONTWAIT, netCalls } from "../c/net_calls.ts";

const MSG_TRUNC = 0x20;

/** What a {@link ReceiveRing} is for. */
export interface ReceiveRingOptions {
  /** Packets a call takes. */
  readonly batch: number;
  /** Largest packet, in bytes. */
  readonly largest: number;
  /** With the senders' addresses and the ancillary data. */
  readonly addressed: boolean;
}

/** The memory of one socket's receiving side. */
export class ReceiveRing {
  /** Packets a call takes. */
  readonly batch: number;
  /** Largest packet, in bytes. */
  readonly largest: number;
  /** Where everything is. */
  readonly block: MessageBlock;
  readonly #addressed: boolean;
  /** The views that were handed out last, to be used again for packets of the same place and length. */
  readonly #views: Uint8Array<ArrayBuffer>[][];

  constructor(options: ReceiveRingOptions) {
    const { batch, largest, addressed } = options;
    this.batch = batch;
    this.largest = largest;
    this.#addressed = addressed;
    this.block = new MessageBlock({ messages: batch, slots: batch, slotBytes: largest });
    this.#views = Array.from({ length: batch }, () => []);
    for (let index = 0; index < batch; index++) {
      this.block.setMessage(index, index, 1, addressed ? NAME : 0);
      this.block.setControl(index, addressed ? CONTROL : 0);
      // The slot was rounded up; what is longer than asked for is cut off.
      this.block.setVector(index, largest);
    }
  }

  /** Takes what is there, without waiting; returns the number of packets, or a negative error number. */
  receive(fd: number): number {
    const { block } = this;
    const count = netCalls().recvmmsg(fd, block.messagePointer(0), this.batch, MSG_DONTWAIT, null);
    return count < 0 ? -lastErrno() : count;
  }

  /** Makes the first `count` messages ready for the next call, which needs it only where addresses are received. */
  reset(count: number): void {
    if (!this.#addressed) return;
    for (let index = 0; index < count; index++) {
      this.block.setNameLength(index, NAME);
      this.block.setControl(index, CONTROL);
    }
  }

  /** Returns whether packet `index` was longer than its slot. */
  wasCut(index: number): boolean {
    return (this.block.flags(index) & MSG_TRUNC) !== 0;
  }

  /** Returns the bytes of packet `index`. */
  length(index: number): number {
    return this.block.length(index);
  }

  /** Returns a part of packet `index`; parts of one packet are numbered. It is valid until the next call of `receive`. */
  part(index: number, number: number, offset: number, length: number): Uint8Array<ArrayBuffer> {
    const views = this.#views[index], start = this.block.slotAt(index) + offset;
    const last = views[number];
    if (last !== undefined && last.length === length && last.byteOffset === start) return last;
    return views[number] = this.block.bytes.subarray(start, start + length);
  }
}
