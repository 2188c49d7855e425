/**
 * Encryption by the runtime's own cryptography, where the system has no `libcrypto`: the same bytes, slower.
 *
 * @module
 */
import type { CipherGCMTypes } from "node:crypto";
import { type Cipher } from "./algorithms.ts";
import type { CipherBackend, CipherKey } from "./cipher_backend.ts";
import { sameBytes } from "./digests.ts";
import { Ghash } from "./ghash.ts";
import { buffer, owned, runtimeCrypto } from "./runtime_crypto.ts";

/** The runtime's own cryptography. */
export const runtimeBackend: CipherBackend = {
  name: "runtime",
  key(cipher, key) {
    switch (cipher.name) {
      case "aes-128-ctr":
      case "aes-192-ctr":
      case "aes-256-ctr":
        return new CounterKey(cipher, key);
      case "aes-192-gcm":
        return new Gcm192Key(cipher, key);
      default:
        return new AuthenticatedKey(cipher, key);
    }
  },
};

/** A key that is kept as bytes, for a new context each packet. */
abstract class RuntimeKey implements CipherKey {
  protected readonly key: Uint8Array<ArrayBuffer>;
  protected readonly nonceBytes: number;
  protected readonly tagBytes: number;

  constructor({ nonceBytes, tagBytes }: Cipher, key: Uint8Array) {
    this.key = owned(key);
    this.nonceBytes = nonceBytes;
    this.tagBytes = tagBytes;
  }

  abstract seal(pdu: Uint8Array, content?: Uint8Array): void;
  abstract open(pdu: Uint8Array): Uint8Array | undefined;

  free(): void {
    this.key.fill(0);
  }
}

/** En- or decrypts; a context that is not ended would not be freed. */
function counterMode(name: string, key: Uint8Array, counter: Uint8Array, bytes: Uint8Array): Uint8Array {
  const cipher = runtimeCrypto().createCipheriv(name, key, counter);
  const done = cipher.update(bytes);
  cipher.final();
  return done;
}

class CounterKey extends RuntimeKey {
  readonly #name: string;

  constructor(cipher: Cipher, key: Uint8Array) {
    super(cipher, key);
    this.#name = cipher.name;
  }

  seal(pdu: Uint8Array, content = pdu.subarray(this.nonceBytes)): void {
    pdu.set(counterMode(this.#name, this.key, pdu.subarray(0, this.nonceBytes), content), this.nonceBytes);
  }

  open(pdu: Uint8Array): Uint8Array {
    const nonce = pdu.subarray(0, this.nonceBytes);
    return counterMode(this.#name, this.key, nonce, pdu.subarray(this.nonceBytes));
  }
}

class AuthenticatedKey extends RuntimeKey {
  readonly #name: CipherGCMTypes;

  constructor(cipher: Cipher, key: Uint8Array) {
    super(cipher, key);
    // The types have no common name for the two kinds, which take the same calls.
    this.#name = cipher.name as CipherGCMTypes;
  }

  seal(pdu: Uint8Array, content?: Uint8Array): void {
    const end = pdu.length - this.tagBytes;
    const cipher = runtimeCrypto().createCipheriv(this.#name, this.key, pdu.subarray(0, this.nonceBytes), {
      authTagLength: this.tagBytes,
    });
    pdu.set(cipher.update(content ?? pdu.subarray(this.nonceBytes, end)), this.nonceBytes);
    cipher.final();
    pdu.set(cipher.getAuthTag(), end);
  }

  open(pdu: Uint8Array): Uint8Array | undefined {
    const end = pdu.length - this.tagBytes;
    const cipher = runtimeCrypto().createDecipheriv(this.#name, this.key, pdu.subarray(0, this.nonceBytes), {
      authTagLength: this.tagBytes,
    });
    cipher.setAuthTag(buffer(pdu.subarray(end)));
    const content = cipher.update(pdu.subarray(this.nonceBytes, end));
    try {
      cipher.final();
    } catch {
      // The one thing that it says by throwing: the tag does not hold.
      return undefined;
    }
    return content;
  }
}

/** AES-192-GCM of AES-192-CTR and GHASH. */
class Gcm192Key extends RuntimeKey {
  readonly #ghash: Ghash;
  readonly #counter = new Uint8Array(16);
  readonly #tag = new Uint8Array(16);

  constructor(cipher: Cipher, key: Uint8Array) {
    super(cipher, key);
    this.#ghash = new Ghash(this.#keyStream(new Uint8Array(16), new Uint8Array(16)));
  }

  seal(pdu: Uint8Array, content?: Uint8Array): void {
    const end = pdu.length - this.tagBytes;
    const [mask, ciphertext] = this.#crypt(pdu, content ?? pdu.subarray(this.nonceBytes, end));
    pdu.set(ciphertext, this.nonceBytes);
    pdu.set(this.#tagOf(ciphertext, mask), end);
  }

  open(pdu: Uint8Array): Uint8Array | undefined {
    const end = pdu.length - this.tagBytes;
    const ciphertext = pdu.subarray(this.nonceBytes, end);
    const [mask, content] = this.#crypt(pdu, ciphertext);
    return sameBytes(this.#tagOf(ciphertext, mask), pdu.subarray(end)) ? content : undefined;
  }

  override free(): void {
    super.free();
    this.#ghash.free();
  }

  /** The block that masks the tag, and the content, en- or decrypted. */
  #crypt(pdu: Uint8Array, content: Uint8Array): [Uint8Array, Uint8Array] {
    this.#counter.set(pdu.subarray(0, this.nonceBytes));
    this.#counter[15] = 1;
    const blocks = new Uint8Array(16 + content.length);
    blocks.set(content, 16);
    const done = this.#keyStream(this.#counter, blocks);
    return [done.subarray(0, 16), done.subarray(16)];
  }

  #tagOf(ciphertext: Uint8Array, mask: Uint8Array): Uint8Array {
    this.#ghash.of(ciphertext, this.#tag);
    for (let at = 0; at < 16; at++) this.#tag[at] ^= mask[at];
    return this.#tag;
  }

  #keyStream(counter: Uint8Array, bytes: Uint8Array): Uint8Array {
    return counterMode("aes-192-ctr", this.key, counter, bytes);
  }
}
