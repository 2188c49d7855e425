/**
 * The algorithms of the allocation protocol: names in files, numbers on the wire, strength. Of two, the higher rank is the
 * stronger.
 *
 * @module
 */
import {
  CIPHER_NAMES,
  type CipherName,
  DIGEST_NAMES,
  type DigestName,
  KEY_EXCHANGE_NAMES,
  type KeyExchangeName,
} from "../contract/security.ts";
import { OAP_CIPHERS, OAP_DIGESTS } from "../wire/oap_header.ts";

/** What all algorithms have. */
interface Algorithm<N extends string> {
  readonly name: N;
  /** Order of strength, from 1. */
  readonly rank: number;
}

/** A cipher of flows. Lengths are in bytes. */
export interface Cipher extends Algorithm<CipherName> {
  /** Number on the wire. */
  readonly nid: number;
  /** It uses this much of the 32 bytes of key. */
  readonly keyBytes: number;
  readonly nonceBytes: number;
  /** 0: without authentication. */
  readonly tagBytes: number;
}

/** A digest. */
export interface Digest extends Algorithm<DigestName> {
  /** Number on the wire. */
  readonly nid: number;
}

/** How a key exchange goes. */
export type KeyExchangeKind = "dh" | "kem" | "hybrid";

/** A key exchange; it has no number on the wire. */
export interface KeyExchange extends Algorithm<KeyExchangeName> {
  readonly kind: KeyExchangeKind;
}

/** The ciphers, weakest first. */
export const CIPHERS: readonly Cipher[] = CIPHER_NAMES.map((name, index) => {
  const counter = name.endsWith("-ctr");
  return {
    name,
    rank: index + 1,
    nid: OAP_CIPHERS[name],
    keyBytes: name.includes("128") ? 16 : name.includes("192") ? 24 : 32,
    nonceBytes: counter ? 16 : 12,
    tagBytes: counter ? 0 : 16,
  };
});

/** The digests, weakest first. */
export const DIGESTS: readonly Digest[] = DIGEST_NAMES.map((name, index) => ({
  name,
  rank: index + 1,
  nid: OAP_DIGESTS[name][0],
}));

/** The key exchanges, weakest first. */
export const KEY_EXCHANGES: readonly KeyExchange[] = KEY_EXCHANGE_NAMES.map((name, index) => ({
  name,
  rank: index + 1,
  kind: name.startsWith("ML-KEM") ? "kem" : name.includes("MLKEM") ? "hybrid" : "dh",
}));

const cipherNids = new Map(CIPHERS.map((cipher) => [cipher.nid, cipher]));
const digestNids = new Map(DIGESTS.map((digest) => [digest.nid, digest]));

/** Returns the cipher of a number; undefined for 0 and for numbers that no cipher has. */
export const cipherOf = (nid: number): Cipher | undefined => cipherNids.get(nid);
/** Returns the digest of a number; undefined for 0 and for numbers that no digest has. */
export const digestOf = (nid: number): Digest | undefined => digestNids.get(nid);

/** Returns the algorithm of that name. */
export function named<A extends Algorithm<string>>(all: readonly A[], name: A["name"]): A {
  const found = all.find((one) => one.name === name);
  if (!found) throw new TypeError(`there is no algorithm ${name}`);
  return found;
}

/** Returns the stronger of two that may be missing. */
export function stronger<A extends Algorithm<string>>(a: A | undefined, b: A | undefined): A | undefined {
  return (a?.rank ?? 0) > (b?.rank ?? 0) ? a : b;
}
