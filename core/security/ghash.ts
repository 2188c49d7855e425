/**
 * GHASH, the tag of AES-GCM (NIST SP 800-38D), by tables of four bits: for AES-192-GCM, which the runtime does not know.
 *
 * @module
 */

/** What four bits that fall out at the end come back as, in the upper half of the first word. */
const REDUCTION = Uint16Array.of(
  0x0000,
  0x1c20,
  0x3840,
  0x2460,
  0x7080,
  0x6ca0,
  0x48c0,
  0x54e0,
  0xe100,
  0xfd20,
  0xd940,
  0xc560,
  0x9180,
  0x8da0,
  0xa9c0,
  0xb5e0,
);
const BLOCK = 16;

/** GHASH with one key. */
export class Ghash {
  /** Multiples of the key by all values of four bits, as four words each. */
  readonly #table = new Uint32Array(64);
  readonly #state = new Uint32Array(4);
  readonly #block = new Uint8Array(BLOCK);

  /** @param key the block cipher's value for a block of zeros; 16 bytes */
  constructor(key: Uint8Array) {
    const table = this.#table;
    const view = new DataView(key.buffer, key.byteOffset, BLOCK);
    for (let word = 0; word < 4; word++) table[8 * 4 + word] = view.getUint32(4 * word);
    for (let index = 4; index > 0; index >>= 1) {
      const from = 2 * index * 4, to = index * 4;
      const carry = table[from + 3] & 1 ? 0xe1000000 : 0;
      for (let word = 3; word > 0; word--) {
        table[to + word] = (table[from + word] >>> 1) | (table[from + word - 1] << 31);
      }
      table[to] = (table[from] >>> 1) ^ carry;
    }
    for (let high = 2; high < 16; high <<= 1) {
      for (let low = 1; low < high; low++) {
        for (let word = 0; word < 4; word++) {
          table[(high + low) * 4 + word] = table[high * 4 + word] ^ table[low * 4 + word];
        }
      }
    }
  }

  /** The value for a ciphertext without additional data, written to `out` (16 bytes). */
  of(ciphertext: Uint8Array, out: Uint8Array): void {
    const state = this.#state.fill(0);
    const block = this.#block;
    let at = 0;
    for (; at + BLOCK <= ciphertext.length; at += BLOCK) this.#multiply(ciphertext, at);
    if (at < ciphertext.length) {
      block.fill(0);
      for (let index = 0; at + index < ciphertext.length; index++) block[index] = ciphertext[at + index];
      this.#multiply(block, 0);
    }
    block.fill(0);
    new DataView(block.buffer).setBigUint64(8, BigInt(ciphertext.length) * 8n);
    this.#multiply(block, 0);
    const view = new DataView(out.buffer, out.byteOffset, BLOCK);
    for (let word = 0; word < 4; word++) view.setUint32(4 * word, state[word]);
  }

  /** Wipes the key. */
  free(): void {
    this.#table.fill(0);
  }

  /** Adds the block at `at` to the state, and multiplies the state by the key. */
  #multiply(bytes: Uint8Array, at: number): void {
    const table = this.#table, state = this.#state;
    let a = 0, b = 0, c = 0, d = 0;
    for (let index = BLOCK - 1; index >= 0; index--) {
      const byte = bytes[at + index] ^ (state[index >> 2] >>> (8 * (3 - (index & 3)))) & 0xff;
      for (let half = 0; half < 2; half++) {
        const rest = d & 15;
        d = (d >>> 4) | (c << 28);
        c = (c >>> 4) | (b << 28);
        b = (b >>> 4) | (a << 28);
        a = (a >>> 4) ^ (REDUCTION[rest] << 16);
        const entry = (half === 0 ? byte & 15 : byte >> 4) * 4;
        a ^= table[entry];
        b ^= table[entry + 1];
        c ^= table[entry + 2];
        d ^= table[entry + 3];
      }
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }
}
