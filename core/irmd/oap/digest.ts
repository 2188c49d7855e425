/**
 * The digests of the allocation protocol, by the runtime's own code.
 *
 * @module
 */
import { createHash } from "node:crypto";

const NAMES: ReadonlyMap<number, string> = new Map([
  [1057, "blake2s256"],
  [672, "sha256"],
  [1097, "sha3-256"],
  [673, "sha384"],
  [1098, "sha3-384"],
  [1056, "blake2b512"],
  [674, "sha512"],
  [1099, "sha3-512"],
]);

/**
 * Digest of a whole request, as its response carries it.
 *
 * @param digest number of the digest that the request names; 0: SHA-384
 */
export function requestHash(digest: number, request: Uint8Array): Uint8Array {
  return createHash(NAMES.get(digest) ?? "sha384").update(request).digest();
}
