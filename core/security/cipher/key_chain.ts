/**
 * The keys of a flow, one after the other: each is derived from the one before, so that both ends come to the same ones.
 *
 * @module
 */
import type { Cipher } from "../algorithms.ts";
import type { CipherBackend, CipherKey } from "./cipher_backend.ts";
import { digest, hkdf } from "../digests.ts";

const encoder = new TextEncoder();
const ROTATION = encoder.encode("o7s-key-rotation");
const KEY_BYTES = 32;

/** The current key, the one before it until it is forgotten, and the next one when it is asked for. */
export class KeyChain {
  readonly #salt: Uint8Array;
  #key: Uint8Array<ArrayBuffer>;
  #nextKey: Uint8Array<ArrayBuffer> | undefined;
  #current: CipherKey;
  #previous: CipherKey | undefined;
  #next: CipherKey | undefined;
  #rotations = 0;

  /** @param key 32 bytes, copied */
  constructor(private readonly cipher: Cipher, key: Uint8Array, private readonly backend: CipherBackend) {
    this.#key = new Uint8Array(key);
    this.#salt = digest("sha256", key);
    this.#current = this.#ready(this.#key);
  }

  /** Returns how often {@link advance} was called. */
  get rotations(): number {
    return this.#rotations;
  }

  /** Returns the key that packets are sent with. */
  get current(): CipherKey {
    return this.#current;
  }

  /** Returns the key before the current one, unless it was forgotten. */
  get previous(): CipherKey | undefined {
    return this.#previous;
  }

  /** Returns the key after the current one. */
  get next(): CipherKey {
    this.#nextKey ??= hkdf("sha256", this.#key, this.#salt, ROTATION, KEY_BYTES);
    return this.#next ??= this.#ready(this.#nextKey);
  }

  /** The next key becomes the current one. */
  advance(): void {
    const next = this.next;
    this.forgetPrevious();
    this.#previous = this.#current;
    this.#current = next;
    this.#key.fill(0);
    this.#key = this.#nextKey ?? this.#key;
    this.#next = this.#nextKey = undefined;
    this.#rotations++;
  }

  /** Wipes the key before the current one. */
  forgetPrevious(): void {
    this.#previous?.free();
    this.#previous = undefined;
  }

  /** Wipes all keys. No call comes after this one. */
  close(): void {
    this.forgetPrevious();
    this.#current.free();
    this.#next?.free();
    this.#key.fill(0);
    this.#nextKey?.fill(0);
    this.#salt.fill(0);
  }

  #ready(key: Uint8Array): CipherKey {
    return this.backend.key(this.cipher, key.subarray(0, this.cipher.keyBytes));
  }
}
