/**
 * The runtime's synchronous cryptography, loaded at first use: loading costs 16 ms of start-up.
 *
 * @module
 */
import type * as NodeCrypto from "node:crypto";

/** Returns the module, and the one class of bytes that its types take. */
export const runtimeCrypto = (): typeof NodeCrypto => process.getBuiltinModule("node:crypto");

/** The same bytes as the runtime's cryptography wants to have them; not a copy. */
export function buffer(bytes: Uint8Array): Buffer {
  const { Buffer } = process.getBuiltinModule("node:buffer");
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Bytes in a buffer of their own, as WebCrypto wants to have them. */
export const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
