/**
 * The other end as the reference is: random nonces, and keys that change by its own counting of packets (flows.md §7.2).
 *
 * @module
 */
import type { CipherName } from "../../contract/security.ts";
import type { Cipher } from "../../security/algorithms.ts";
import { digest, hkdf } from "../../security/digests.ts";
import type { CipherBackend } from "../../security/cipher/cipher_backend.ts";
import { libraryBackend } from "../../security/cipher/library_backend.ts";
import { runtimeBackend } from "../../security/cipher/runtime_backend.ts";
import type { SeededRandom } from "../../kit/seeded_random.ts";

const INFO = new TextEncoder().encode("o7s-key-rotation");

/** Returns what encrypts where there is no `libcrypto`. */
export const withoutLibcrypto = (name: CipherName): CipherBackend =>
  name === "aes-192-gcm" ? libraryBackend : runtimeBackend;

/** One end. */
export class ReferencePeer {
  readonly #cipher: Cipher;
  readonly #random: SeededRandom;
  readonly #salt: Uint8Array;
  readonly #mask: number;
  #current: Uint8Array;
  #previous: Uint8Array | undefined;
  #counter = 0;
  #age = 0;
  #phase = 0;
  rotations = 0;

  constructor(cipher: Cipher, key: Uint8Array, mask: number, random: SeededRandom) {
    this.#cipher = cipher;
    this.#current = key;
    this.#salt = digest("sha256", key);
    this.#mask = mask;
    this.#random = random;
  }

  seal(content: Uint8Array): Uint8Array {
    const { nonceBytes, tagBytes } = this.#cipher;
    const pdu = new Uint8Array(nonceBytes + content.length + tagBytes);
    pdu.set(this.#random.bytes(nonceBytes));
    const bit = this.#bit;
    pdu[0] = pdu[0] & 0x7f | (bit << 7);
    pdu.set(content, nonceBytes);
    this.#key(this.#current).seal(pdu);
    this.#counter++;
    this.#age++;
    if (this.#bit !== bit) this.#rotate();
    if (this.#age >= this.#mask / 2) this.#previous = undefined;
    return pdu;
  }

  open(pdu: Uint8Array): Uint8Array | undefined {
    if (pdu[0] >> 7 !== this.#phase && this.#age >= 0.75 * this.#mask) this.#rotate();
    this.#counter++;
    this.#age++;
    return this.#key(this.#current).open(pdu) ?? (this.#previous && this.#key(this.#previous).open(pdu));
  }

  get #bit(): number {
    return Math.floor(this.#counter / this.#mask) & 1;
  }

  #rotate(): void {
    this.#previous = this.#current;
    this.#current = hkdf("sha256", this.#current, this.#salt, INFO, 32);
    this.#age = 0;
    this.#phase ^= 1;
    this.rotations++;
  }

  #key(key: Uint8Array) {
    return withoutLibcrypto(this.#cipher.name).key(this.#cipher, key.subarray(0, this.#cipher.keyBytes));
  }
}
