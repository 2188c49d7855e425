/**
 * AES-GCM by a library, for the keys of 192 bits that the runtime does not take: loaded by those that need it.
 *
 * @module
 */
import { gcm } from "@noble/ciphers/aes";
import { type CipherBackend, ContextKey } from "./cipher_backend.ts";

/** The library; it knows AES-GCM only. */
export const libraryBackend: CipherBackend = {
  name: "@noble/ciphers",
  key: (cipher, key) => new LibraryKey(cipher, key),
};

class LibraryKey extends ContextKey {
  seal(pdu: Uint8Array, content = pdu.subarray(this.nonceBytes, pdu.length - this.tagBytes)): void {
    pdu.set(gcm(this.key, pdu.subarray(0, this.nonceBytes)).encrypt(content), this.nonceBytes);
  }

  open(pdu: Uint8Array): Uint8Array | undefined {
    const context = gcm(this.key, pdu.subarray(0, this.nonceBytes));
    try {
      return context.decrypt(pdu.subarray(this.nonceBytes));
    } catch {
      // The one thing that it says by throwing: the tag does not match.
      return undefined;
    }
  }
}
