/**
 * GHASH, the tag of AES-GCM (NIST SP 800-38D), by a table for each byte of a block: 64 KB a key, for want of the processor's
 * own multiplication.
 *
 * @module
 */

const BLOCK = 16;
/** Words of a table. */
const TABLE = 256 * 4;

/** GHASH with one key. */
export class Ghash {
  /** For each place in a block and each byte, the product with the key, as four words. */
  readonly #tables = new Uint32Array(BLOCK * TABLE);
  readonly #state = new Uint32Array(4);
  readonly #last = new Uint8Array(BLOCK);

  /** @param key the block cipher's value for a block of zeros; 16 bytes */
  constructor(key: Uint8Array) {
    const tables = this.#tables;
    const view = new DataView(key.buffer, key.byteOffset, BLOCK);
    const row = Uint32Array.from([0, 4, 8, 12], (at) => view.getUint32(at));
    for (let bit = 0; bit < 8 * BLOCK; bit++) {
      tables.set(row, (bit >> 3) * TABLE + (0x80 >> (bit & 7)) * 4);
      shift(row);
    }
    for (let table = 0; table < tables.length; table += TABLE) fill(tables.subarray(table, table + TABLE));
  }

  /** The value for a ciphertext without additional data, written to `out` (16 bytes). */
  of(ciphertext: Uint8Array, out: Uint8Array): void {
    const state = this.#state.fill(0), last = this.#last;
    const whole = ciphertext.length & ~(BLOCK - 1);
    this.#multiply(ciphertext, whole);
    if (whole < ciphertext.length) {
      last.fill(0).set(ciphertext.subarray(whole));
      this.#multiply(last, BLOCK);
    }
    const bits = 8 * ciphertext.length;
    last.fill(0);
    for (let at = 0; at < 6; at++) last[15 - at] = bits / 2 ** (8 * at);
    this.#multiply(last, BLOCK);
    for (let at = 0; at < BLOCK; at++) out[at] = state[at >> 2] >>> (24 - 8 * (at & 3));
  }

  /** Wipes the key. */
  free(): void {
    this.#tables.fill(0);
  }

  /** Adds each of the blocks to the state, and multiplies it by the key. */
  #multiply(bytes: Uint8Array, length: number): void {
    const tables = this.#tables, state = this.#state;
    let a = state[0], b = state[1], c = state[2], d = state[3];
    for (let at = 0; at < length;) {
      let w = 0, x = 0, y = 0, z = 0;
      for (let table = 0; table < BLOCK * TABLE; table += 4 * TABLE, at += 4) {
        const word = a ^ (bytes[at] << 24 | bytes[at + 1] << 16 | bytes[at + 2] << 8 | bytes[at + 3]);
        const first = table + (word >>> 24) * 4;
        const second = table + TABLE + (word >>> 16 & 0xff) * 4;
        const third = table + 2 * TABLE + (word >>> 8 & 0xff) * 4;
        const fourth = table + 3 * TABLE + (word & 0xff) * 4;
        w ^= tables[first] ^ tables[second] ^ tables[third] ^ tables[fourth];
        x ^= tables[first + 1] ^ tables[second + 1] ^ tables[third + 1] ^ tables[fourth + 1];
        y ^= tables[first + 2] ^ tables[second + 2] ^ tables[third + 2] ^ tables[fourth + 2];
        z ^= tables[first + 3] ^ tables[second + 3] ^ tables[third + 3] ^ tables[fourth + 3];
        a = b;
        b = c;
        c = d;
      }
      a = w;
      b = x;
      c = y;
      d = z;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }
}

/** Multiplies by x: bits move right, and what falls out comes back as the polynomial. */
function shift(row: Uint32Array): void {
  const carry = row[3] & 1 ? 0xe1000000 : 0;
  for (let word = 3; word > 0; word--) row[word] = (row[word] >>> 1) | (row[word - 1] << 31);
  row[0] = (row[0] >>> 1) ^ carry;
}

/** Fills a table of which the rows of single bits are there. */
function fill(table: Uint32Array): void {
  for (let high = 2; high < 256; high <<= 1) {
    for (let low = 1; low < high; low++) {
      for (let word = 0; word < 4; word++) {
        table[(high + low) * 4 + word] = table[high * 4 + word] ^ table[low * 4 + word];
      }
    }
  }
}
