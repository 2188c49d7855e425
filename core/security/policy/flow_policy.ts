/**
 * What one end of a flow offers and demands, from files and from what the application asks.
 *
 * @module
 */
import { AuthError } from "../../contract/errors.ts";
import type { Done } from "../../contract/outcome.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import type { Initiator } from "../key_exchange/agreement.ts";
import { CIPHERS, type Digest, DIGESTS, KEY_EXCHANGES, named } from "../algorithms.ts";
import type { Certificate } from "../x509/certificate.ts";
import { DEFAULT_DIGEST, DEFAULT_ENCRYPTION, type Encryption } from "./enc_conf.ts";
import type { PrivateKey } from "../x509/private_key.ts";
import { namesDigest } from "../x509/signatures.ts";
import type { TrustStore } from "../x509/trust.ts";

/** The own certificate with its key. */
export interface OwnCertificate {
  readonly certificate: Certificate;
  readonly key: PrivateKey;
}

/** What one end of a flow offers and demands. */
export interface FlowPolicy {
  /** How the flow is to be encrypted; then it is encrypted, or refused. Undefined: as the other end wants. */
  readonly encryption: Encryption | undefined;
  /** Digest of the own messages; undefined: the defaults of key and protocol. */
  readonly digest: Digest | undefined;
  /** What is shown to the other end. */
  readonly own: OwnCertificate | undefined;
  /** Must the other end show a certificate? */
  readonly requireCertificate: boolean;
  /** What the certificate of the other end must come from. */
  readonly trust: TrustStore;
  /** At a server: its static private key, with the encryption's algorithm. */
  readonly staticPrivateKey?: (done: Done<Initiator>) => void;
  /** At a client: the static public key of the server. */
  readonly staticPublicKey?: Uint8Array;
}

/** Nothing offered, nothing demanded: the exchange without credentials. */
export const PLAIN_POLICY: FlowPolicy = {
  encryption: undefined,
  digest: undefined,
  own: undefined,
  requireCertificate: false,
  trust: { anchors: [], intermediates: [] },
};

/** Reads certificates and keys that an application has given as texts. @throws AuthError */
export interface TextReader {
  /** Reads all certificates in a text. @param what how errors call it */
  certificates(text: string, what: string): readonly Certificate[];
  /** Reads a certificate and its key. */
  own(certificate: string, key: string): OwnCertificate;
}

/**
 * Adds what an application asks to what files say. Requirements add up: an application cannot take one away.
 *
 * @throws AuthError for certificates and keys that cannot be read
 */
export function withOptions(policy: FlowPolicy, options: SecurityOptions, read: TextReader): FlowPolicy {
  const { authorities, require = [] } = options;
  const encryption = encryptionOf(policy.encryption, options);
  const trust = authorities === undefined ? policy.trust : {
    ...policy.trust,
    anchors: read.certificates(authorities, "the authorities that the application names"),
  };
  return {
    ...policy,
    encryption,
    digest: options.digest
      ? named(DIGESTS, options.digest)
      : policy.digest ?? (encryption ? DEFAULT_DIGEST : undefined),
    own: ownOf(options, read) ?? policy.own,
    requireCertificate: policy.requireCertificate || require.includes("certificate") ||
      authorities !== undefined,
    trust,
  };
}

function encryptionOf(
  from: Encryption | undefined,
  { keyExchange, cipher, kdf, require }: SecurityOptions,
): Encryption | undefined {
  const wanted = keyExchange ?? cipher ?? kdf ?? require?.includes("encryption");
  if (!from && !wanted) return undefined;
  const base = from ?? DEFAULT_ENCRYPTION;
  return {
    ...base,
    ...keyExchange ? { keyExchange: named(KEY_EXCHANGES, keyExchange), clientEncapsulates: false } : {},
    ...cipher ? { cipher: named(CIPHERS, cipher) } : {},
    ...kdf ? { kdf: named(DIGESTS, kdf) } : {},
  };
}

function ownOf({ certificate, privateKey }: SecurityOptions, read: TextReader): OwnCertificate | undefined {
  if (certificate === undefined && privateKey === undefined) return undefined;
  if (certificate === undefined || privateKey === undefined) {
    throw new AuthError("a certificate and its private key go together; one of the two is missing");
  }
  return read.own(certificate, privateKey);
}

/**
 * Returns the digest that an own message names. Keys with a way of their own (Ed25519, say) name none: the reference fails when a
 * message with such a certificate names one.
 */
export const messageDigest = ({ digest, own }: FlowPolicy): Digest | undefined =>
  own && !namesDigest(own.key.kind) ? undefined : digest;
