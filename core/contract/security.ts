/**
 * What applications may ask of the security of a flow, and what they get.
 *
 * @module
 */

/** Ciphers of flows, weakest first. */
export const CIPHER_NAMES = [
  "aes-128-ctr",
  "aes-192-ctr",
  "aes-256-ctr",
  "aes-128-gcm",
  "aes-192-gcm",
  "aes-256-gcm",
  "chacha20-poly1305",
] as const;
/** Name of a cipher of flows. */
export type CipherName = typeof CIPHER_NAMES[number];

/** Digests for signatures and key derivation, weakest first. */
export const DIGEST_NAMES = [
  "blake2s256",
  "sha256",
  "sha3-256",
  "sha384",
  "sha3-384",
  "blake2b512",
  "sha512",
  "sha3-512",
] as const;
/** Name of a digest. */
export type DigestName = typeof DIGEST_NAMES[number];

/** Key exchanges, weakest first. */
export const KEY_EXCHANGE_NAMES = [
  "ffdhe2048",
  "prime256v1",
  "X25519",
  "ffdhe3072",
  "secp384r1",
  "ffdhe4096",
  "X448",
  "secp521r1",
  "ML-KEM-512",
  "ML-KEM-768",
  "ML-KEM-1024",
  "X25519MLKEM768",
  "X448MLKEM1024",
] as const;
/** Name of a key exchange. */
export type KeyExchangeName = typeof KEY_EXCHANGE_NAMES[number];

/** What a flow may require of its other end. */
export const REQUIREMENTS = ["encryption", "certificate"] as const;
/** What a flow may require of its other end: that the content is encrypted; that it shows a certificate that holds. */
export type Requirement = typeof REQUIREMENTS[number];

/**
 * What an application asks of the security of one flow, over what the files of the name say (docs/security.md). It may add
 * requirements and take none away. Naming a key exchange, a cipher or the requirement `encryption` turns encryption on.
 */
export interface SecurityOptions {
  /** Key exchange; by default `prime256v1`. */
  readonly keyExchange?: KeyExchangeName;
  /** Cipher; by default `aes-256-gcm`. */
  readonly cipher?: CipherName;
  /** Digest for the derivation of the key; by default `sha256`. */
  readonly kdf?: DigestName;
  /** Digest for signatures; by default `sha256`. */
  readonly digest?: DigestName;
  /** What the flow must have; without it there is no flow. */
  readonly require?: readonly Requirement[];
  /** Certificates (PEM) of the authorities that the other end's must come from; implies the requirement `certificate`. */
  readonly authorities?: string;
  /** The own certificate (PEM); goes with {@link privateKey}. */
  readonly certificate?: string;
  /** The private key of the own certificate (PEM); it goes to the IRMd of this host and nowhere else. */
  readonly privateKey?: string;
}

/** Who is at the other end, as a certificate that was verified says. */
export interface PeerCertificate {
  /** The common name of its subject. */
  readonly name: string;
  /** The subject, as `CN=…, O=…`. */
  readonly subject: string;
  /** Who issued it, in the same form. */
  readonly issuer: string;
  /** SHA-256 of the certificate, lower-case hexadecimal. */
  readonly fingerprint: string;
  /** When it expires, in milliseconds since 1970 (UTC). */
  readonly expires: number;
}

/** What is known of the security of a flow. The key is not in it. */
export interface KnownSecurity {
  /** How the content is encrypted; undefined: it is in clear. */
  readonly cipher: CipherName | undefined;
  /** Who is at the other end, as its certificate says, which was verified; undefined: it has shown none. */
  readonly peer: PeerCertificate | undefined;
}

/** The end of a flow that allocates, or the one that accepts. */
export type FlowRole = "client" | "server";

/** The key of one flow; both ends have the same. For one packet cipher only: a second one would repeat nonces. */
export interface FlowKey {
  /** The cipher that both ends have agreed on. */
  readonly cipher: CipherName;
  /** 32 bytes. Wipe them when the packet cipher is made. */
  readonly key: Uint8Array;
  /** Which end this is. */
  readonly role: FlowRole;
}

/** The security of a flow, as agreed. */
export interface FlowSecurity {
  /** How its content is encrypted; undefined: in clear. */
  readonly encryption: FlowKey | undefined;
  /** Who is at the other end; undefined: nobody has proved anything. */
  readonly peer: PeerCertificate | undefined;
}
