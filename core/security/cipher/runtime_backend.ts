/**
 * Encryption by the runtime's own cryptography, where the system has no `libcrypto`: the same bytes, slower.
 *
 * @module
 */
import type { CipherGCMTypes } from "node:crypto";
import { type CipherBackend, ContextKey } from "./cipher_backend.ts";
import { buffer, runtimeCrypto } from "../runtime_crypto.ts";

/** The runtime's own cryptography. It has no AES-GCM with keys of 192 bits. */
export const runtimeBackend: CipherBackend = {
  name: "runtime",
  key: (cipher, key) => new (cipher.tagBytes === 0 ? CounterKey : AuthenticatedKey)(cipher, key),
};

/** En- or decrypts; a context that is not ended would not be freed. */
function counterMode(name: string, key: Uint8Array, counter: Uint8Array, bytes: Uint8Array): Uint8Array {
  const cipher = runtimeCrypto().createCipheriv(name, key, counter);
  const done = cipher.update(bytes);
  cipher.final();
  return done;
}

class CounterKey extends ContextKey {
  seal(pdu: Uint8Array, content = pdu.subarray(this.nonceBytes)): void {
    pdu.set(counterMode(this.name, this.key, pdu.subarray(0, this.nonceBytes), content), this.nonceBytes);
  }

  open(pdu: Uint8Array): Uint8Array {
    const nonce = pdu.subarray(0, this.nonceBytes);
    return counterMode(this.name, this.key, nonce, pdu.subarray(this.nonceBytes));
  }
}

class AuthenticatedKey extends ContextKey {
  // The types have no common name for the two kinds, which take the same calls.
  readonly #name = this.name as CipherGCMTypes;

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
      // The one thing that it says by throwing: the tag does not match.
      return undefined;
    }
    return content;
  }
}
