/**
 * What encrypts: a library of the system, the runtime's own cryptography, or a library of ours. All do one packet at a time, at once.
 *
 * @module
 */
import type { CipherName } from "../../contract/security.ts";
import type { Cipher } from "../algorithms.ts";
import { owned } from "../runtime_crypto.ts";

/** One key of one cipher, ready for packets. A PDU is nonce, content and tag. */
export interface CipherKey {
  /**
   * Encrypts and writes the tag.
   *
   * @param pdu nonce, content, and room for the tag; nothing more
   * @param content left out: it is in its place in the PDU
   * @throws CryptError when the library fails
   */
  seal(pdu: Uint8Array, content?: Uint8Array): void;
  /**
   * Decrypts a PDU that is as long as nonce and tag at least. The content is valid until the next call; it is undefined when the
   * check of the tag fails.
   */
  open(pdu: Uint8Array): Uint8Array | undefined;
  /** Wipes the key. No call comes after this one. */
  free(): void;
}

/** Makes keys. */
export interface CipherBackend {
  /** What people call it. */
  readonly name: string;
  /** @param key as many bytes as the cipher uses; copied. @throws CryptError when the library fails */
  key(cipher: Cipher, key: Uint8Array): CipherKey;
}

/** A key that is kept as bytes, for a new context each packet. */
export abstract class ContextKey implements CipherKey {
  protected readonly key: Uint8Array<ArrayBuffer>;
  protected readonly name: CipherName;
  protected readonly nonceBytes: number;
  protected readonly tagBytes: number;

  constructor({ name, nonceBytes, tagBytes }: Cipher, key: Uint8Array) {
    this.key = owned(key);
    this.name = name;
    this.nonceBytes = nonceBytes;
    this.tagBytes = tagBytes;
  }

  abstract seal(pdu: Uint8Array, content?: Uint8Array): void;
  abstract open(pdu: Uint8Array): Uint8Array | undefined;

  free(): void {
    this.key.fill(0);
  }
}

/** A buffer that grows: what an opened packet is put into. */
export class Scratch {
  #bytes = new Uint8Array(0);

  /** At least `length` bytes; what was in it is gone. */
  room(length: number): Uint8Array<ArrayBuffer> {
    if (this.#bytes.length < length) {
      this.#bytes = new Uint8Array(2 ** Math.max(11, Math.ceil(Math.log2(length))));
    }
    return this.#bytes;
  }
}
