/**
 * Digests and the derivation of keys from shared secrets (HKDF, RFC 5869).
 *
 * @module
 */
import type { DigestName } from "../contract/security.ts";
import { owned, runtimeCrypto } from "./runtime_crypto.ts";

/** Returns the digest of parts, one after the other. */
export function digest(name: DigestName, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const hash = runtimeCrypto().createHash(name);
  for (const part of parts) hash.update(part);
  return owned(hash.digest());
}

/**
 * Derives `length` bytes from a secret. It is made of HMAC here because the runtime's own HKDF does not know BLAKE2.
 *
 * @example
 * ```ts
 * import { hkdf } from "./digests.ts";
 * import assert from "node:assert/strict";
 * // RFC 5869, first test case.
 * const info = Uint8Array.fromHex("f0f1f2f3f4f5f6f7f8f9");
 * const okm = hkdf("sha256", new Uint8Array(22).fill(11), Uint8Array.fromHex("000102030405060708090a0b0c"), info, 42);
 * assert.equal(okm.toHex().slice(0, 20), "3cb25f25faacd57a90434f64d0362f2a".slice(0, 20));
 * ```
 */
export function hkdf(
  name: DigestName,
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  length: number,
): Uint8Array<ArrayBuffer> {
  const { createHmac } = runtimeCrypto();
  const key = createHmac(name, salt).update(secret).digest();
  const out = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let at = 0, number = 1; at < length; at += block.length, number++) {
    block = createHmac(name, key).update(block).update(info).update(Uint8Array.of(number)).digest();
    out.set(block.subarray(0, length - at), at);
  }
  key.fill(0);
  block.fill(0);
  return out;
}
