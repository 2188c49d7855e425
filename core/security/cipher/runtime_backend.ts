/**
 * Encryption by the runtime's own cryptography, where the system has no `libcrypto`: the same bytes, slower.
 *
 * @module
 */
import type { CipherGCMTypes } from "node:crypto";
import { type Cipher } from "../algorithms.ts";
import type { CipherBackend, CipherKey } from "./cipher_backend.ts";
import { GcmKey } from "./runtime_gcm.ts";
import { buffer, owned, runtimeCrypto } from "../runtime_crypto.ts";

/** The runtime's own cryptography. */
export const runtimeBackend: CipherBackend = {
  name: "runtime",
  key(cipher, key) {
    switch (cipher.name) {
      case "aes-128-ctr":
      case "aes-192-ctr":
      case "aes-256-ctr":
        return new CounterKey(cipher, key);
      case "aes-128-gcm":
      case "aes-192-gcm":
      case "aes-256-gcm":
        return new GcmKey(cipher, key);
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
