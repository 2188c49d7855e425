/**
 * The blocks that AES in counter mode adds to content, made for several packets at once: a call of the runtime costs more than
 * the cipher. Our ends count their nonces, so that the next ones are known.
 *
 * @module
 */
import { BLOCK, type BlockCipher } from "./block_cipher.ts";

/** Bytes of a nonce, of which the last four count packets; the rest of a block counts blocks. */
const NONCE = 12, FIXED = 8;
/** Most bytes that are made at once. */
const MOST_BYTES = 64 * 1024;

/** The stream of one direction. */
export class KeyStream {
  readonly #cipher: BlockCipher;
  /** What was made: for so many nonces in a row, so many blocks each. */
  #made = new Uint8Array(0);
  #packets = 0;
  #blocks = 0;
  /** For so many packets the blocks were of use. */
  #good = 0;
  readonly #first = new Uint8Array(NONCE);
  #counter = 0;

  constructor(cipher: BlockCipher) {
    this.#cipher = cipher;
  }

  /**
   * The blocks for a packet, from the one with number 1 on. Valid until the next call.
   *
   * @param nonce begins with the nonce
   * @param blocks how many are needed
   */
  for(nonce: Uint8Array, blocks: number): Uint8Array {
    let ahead = this.#ahead(nonce);
    if (ahead >= this.#packets || blocks > this.#blocks) {
      // Where nonces do not count, or packets are forged, more than is asked for would be made in vain.
      const follows = ahead < 2 * this.#packets && 2 * this.#good >= this.#packets;
      this.#make(nonce, blocks, follows ? 2 * this.#packets : 1);
      ahead = 0;
    }
    const at = ahead * this.#blocks * BLOCK;
    return this.#made.subarray(at, at + blocks * BLOCK);
  }

  /** The packet that the last blocks were for is good. */
  confirm(): void {
    this.#good++;
  }

  /** Wipes it. */
  free(): void {
    this.#made.fill(0);
    this.#packets = 0;
  }

  /** How many nonces it is behind the first one. */
  #ahead(nonce: Uint8Array): number {
    const first = this.#first;
    for (let at = 0; at < FIXED; at++) if (nonce[at] !== first[at]) return Infinity;
    return (counterOf(nonce) - this.#counter) >>> 0;
  }

  #make(nonce: Uint8Array, blocks: number, packets: number): void {
    this.#packets = Math.max(1, Math.min(packets, Math.floor(MOST_BYTES / (blocks * BLOCK))));
    this.#blocks = blocks;
    this.#good = 0;
    for (let at = 0; at < NONCE; at++) this.#first[at] = nonce[at];
    this.#counter = counterOf(nonce);
    const counters = new Uint8Array(this.#packets * blocks * BLOCK);
    const view = new DataView(counters.buffer), words = new DataView(this.#first.buffer);
    const [high, low] = [words.getUint32(0), words.getUint32(4)];
    for (let packet = 0, at = 0; packet < this.#packets; packet++) {
      for (let block = 1; block <= blocks; block++, at += BLOCK) {
        view.setUint32(at, high);
        view.setUint32(at + 4, low);
        view.setUint32(at + 8, this.#counter + packet);
        view.setUint32(at + 12, block);
      }
    }
    this.#made = this.#cipher.encrypt(counters);
  }
}

const counterOf = (nonce: Uint8Array): number =>
  (nonce[FIXED] << 24 | nonce[FIXED + 1] << 16 | nonce[FIXED + 2] << 8 | nonce[FIXED + 3]) >>> 0;
