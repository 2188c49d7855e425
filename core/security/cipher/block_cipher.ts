/**
 * AES, block by block, of the runtime. Its contexts would have to be ended, so that each call makes one: call it for many blocks.
 *
 * @module
 */
import { owned, runtimeCrypto } from "../runtime_crypto.ts";

/** Bytes of a block. */
export const BLOCK = 16;

/** AES with one key. */
export class BlockCipher {
  readonly #key: Uint8Array<ArrayBuffer>;

  /** @param key 16, 24 or 32 bytes, copied */
  constructor(key: Uint8Array) {
    this.#key = owned(key);
  }

  /** Encrypts whole blocks. */
  encrypt(blocks: Uint8Array): Uint8Array<ArrayBuffer> {
    const cipher = runtimeCrypto().createCipheriv(`aes-${8 * this.#key.length}-ecb`, this.#key, null);
    cipher.setAutoPadding(false);
    const done = owned(cipher.update(blocks));
    cipher.final();
    return done;
  }

  /** Wipes the key. */
  free(): void {
    this.#key.fill(0);
  }
}
