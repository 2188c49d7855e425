/**
 * The header of the flow allocation protocol, OAP (release 0.23.0): big-endian, 36 bytes and five parts of any length. It
 * travels as data of flow requests and of positive answers.
 *
 * @module
 */
import { joinBytes, NO_BYTES } from "../kit/bytes.ts";
import { MessageSizeError, ProtocolError } from "../contract/errors.ts";
import type { CipherName, DigestName } from "../contract/security.ts";

/** Bytes in front of the certificate. */
export const OAP_HEADER_BYTES = 36;
/** Bytes of an id. */
export const OAP_ID_BYTES = 16;
/** Bytes at the beginning, id and timestamp, that no two requests have in common. */
export const OAP_UNIQUE_BYTES = 24;
/** Length of the request's hash when the request names no digest: SHA-384. */
const DEFAULT_HASH_BYTES = 48;
const MAX_KEY_EXCHANGE = 0x3fff;
const FORMAT_BIT = 0x8000;
const ROLE_BIT = 0x4000;

/** Numbers of the ciphers that a header may name. */
export const OAP_CIPHERS: Readonly<Record<CipherName, number>> = {
  "aes-128-ctr": 904,
  "aes-192-ctr": 905,
  "aes-256-ctr": 906,
  "aes-128-gcm": 895,
  "aes-192-gcm": 898,
  "aes-256-gcm": 901,
  "chacha20-poly1305": 1018,
};

/** Numbers of the digests that a header may name, and their lengths in bytes. */
export const OAP_DIGESTS: Readonly<Record<DigestName, readonly [number: number, bytes: number]>> = {
  blake2s256: [1057, 32],
  sha256: [672, 32],
  "sha3-256": [1097, 32],
  sha384: [673, 48],
  "sha3-384": [1098, 48],
  blake2b512: [1056, 64],
  sha512: [674, 64],
  "sha3-512": [1099, 64],
};

const CIPHER_NUMBERS: ReadonlySet<number> = new Set(Object.values(OAP_CIPHERS));
const DIGEST_BYTES: ReadonlyMap<number, number> = new Map(Object.values(OAP_DIGESTS));

/** A header. Parts that were decoded are views into the bytes. */
export interface OapHeader {
  /** 16 random bytes; a response repeats those of its request. */
  readonly id: Uint8Array;
  /** Nanoseconds since 1970 (UTC), by the clock of the sender; below 2⁶⁴. */
  readonly timestamp: bigint;
  /** Number of the cipher, or 0. */
  readonly cipher: number;
  /** Number of the digest for key derivation, or 0. */
  readonly kdf: number;
  /** Number of the digest of the signature and, in a request, of the request's hash, or 0. */
  readonly digest: number;
  /** X.509 certificate (DER), or nothing. */
  readonly certificate: Uint8Array;
  /** Flag F: the key exchange has the form of a hybrid algorithm. */
  readonly hybrid: boolean;
  /** Flag R: it is the client that encapsulates. */
  readonly clientEncapsulates: boolean;
  /** Public key or ciphertext, or nothing. */
  readonly keyExchange: Uint8Array;
  /** Data of the application. */
  readonly data: Uint8Array;
  /** In a response: digest of the whole request. In a request: nothing. */
  readonly requestHash: Uint8Array;
  /** Signature over all bytes before it; nothing without a certificate. */
  readonly signature: Uint8Array;
}

const NANOSECONDS = 1_000_000;

/** Returns the timestamp of a time in milliseconds since 1970, exact to the millisecond. */
export const oapTimestamp = (wall: number): bigint => BigInt(Math.floor(wall)) * BigInt(NANOSECONDS);

/** Returns a timestamp in milliseconds since 1970, with fractions. */
export const oapMilliseconds = (timestamp: bigint): number => Number(timestamp) / NANOSECONDS;

/** Returns the length of the request's hash in the response to a request that names `digest`. */
export function requestHashBytes(digest: number): number {
  return DIGEST_BYTES.get(digest) ?? DEFAULT_HASH_BYTES;
}

/**
 * Encodes a header.
 *
 * @throws MessageSizeError when the certificate or the data has more than 65 535 bytes, or the key exchange more than 16 383
 *
 * @example
 * ```ts
 * import { decodeOapHeader, encodeOapHeader, plainOapHeader } from "./oap_header.ts";
 * import assert from "node:assert/strict";
 * const request = plainOapHeader(new Uint8Array(16), 1795160415426264466n, new Uint8Array(0));
 * const bytes = encodeOapHeader(request);
 * assert.equal(bytes.length, 36);
 * assert.deepEqual(decodeOapHeader(bytes, 0), request);
 * ```
 */
export function encodeOapHeader(header: OapHeader): Uint8Array<ArrayBuffer> {
  const { certificate, keyExchange, data, requestHash, signature } = header;
  checkLength("certificate", certificate, 0xffff);
  checkLength("key exchange", keyExchange, MAX_KEY_EXCHANGE);
  checkLength("data", data, 0xffff);
  const bytes = new Uint8Array(OAP_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(header.id);
  view.setBigUint64(16, header.timestamp);
  view.setUint16(24, header.cipher);
  view.setUint16(26, header.kdf);
  view.setUint16(28, header.digest);
  view.setUint16(30, certificate.length);
  const flags = (header.hybrid ? FORMAT_BIT : 0) | (header.clientEncapsulates ? ROLE_BIT : 0);
  view.setUint16(32, flags | keyExchange.length);
  view.setUint16(34, data.length);
  return joinBytes(bytes, certificate, keyExchange, data, requestHash, signature);
}

/**
 * Reads a header.
 *
 * @param hashLength for a response: {@link requestHashBytes} of the request's digest; for a request: 0
 * @throws ProtocolError when it is too short for what it says, has bytes behind its end, or names an unknown algorithm
 */
export function decodeOapHeader(bytes: Uint8Array, hashLength: number): OapHeader {
  if (bytes.length < OAP_HEADER_BYTES) {
    throw new ProtocolError(
      `an allocation header has at least ${OAP_HEADER_BYTES} bytes; this one has ${bytes.length}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const flags = view.getUint16(32);
  const certificate = OAP_HEADER_BYTES + view.getUint16(30);
  const keyExchange = certificate + (flags & MAX_KEY_EXCHANGE);
  const data = keyExchange + view.getUint16(34);
  const hash = data + hashLength;
  if (hash > bytes.length) {
    throw new ProtocolError(
      `an allocation header has ${bytes.length} bytes of the ${hash} that it announces`,
    );
  }
  if (certificate === OAP_HEADER_BYTES && hash < bytes.length) {
    throw new ProtocolError(
      `an allocation header without certificate has ${bytes.length - hash} bytes too many`,
    );
  }
  const digest = view.getUint16(28);
  return {
    id: bytes.subarray(0, OAP_ID_BYTES),
    timestamp: view.getBigUint64(16),
    cipher: known(CIPHER_NUMBERS, "cipher", view.getUint16(24)),
    kdf: known(DIGEST_BYTES, "digest", view.getUint16(26)),
    digest: known(DIGEST_BYTES, "digest", digest),
    certificate: bytes.subarray(OAP_HEADER_BYTES, certificate),
    hybrid: (flags & FORMAT_BIT) !== 0,
    clientEncapsulates: (flags & ROLE_BIT) !== 0,
    keyExchange: bytes.subarray(certificate, keyExchange),
    data: bytes.subarray(keyExchange, data),
    requestHash: bytes.subarray(data, hash),
    signature: bytes.subarray(hash),
  };
}

/** Makes a header without credentials and encryption. @param requestHash for a response */
export function plainOapHeader(
  id: Uint8Array,
  timestamp: bigint,
  data: Uint8Array,
  requestHash: Uint8Array = NO_BYTES,
): OapHeader {
  return {
    id,
    timestamp,
    cipher: 0,
    kdf: 0,
    digest: 0,
    certificate: NO_BYTES,
    hybrid: false,
    clientEncapsulates: false,
    keyExchange: NO_BYTES,
    data,
    requestHash,
    signature: NO_BYTES,
  };
}

function checkLength(what: string, { length }: Uint8Array, max: number): void {
  if (length > max) {
    throw new MessageSizeError(`the ${what} of an allocation has ${length} bytes; ${max} is the most`);
  }
}

function known(numbers: { has(value: number): boolean }, what: string, value: number): number {
  if (value !== 0 && !numbers.has(value)) {
    throw new ProtocolError(`an allocation header names the unknown ${what} ${value}`);
  }
  return value;
}
