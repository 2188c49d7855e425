/**
 * Certificates of all kinds, made by the tests themselves with keys of the runtime.
 *
 * @module
 */
import { constants, generateKeyPairSync, type KeyObject, sign as nodeSign } from "node:crypto";
import type { OwnCertificate } from "../../security/policy/flow_policy.ts";
import { parseCertificate } from "../../security/x509/certificate.ts";
import { contextTag, DerReader, Tag } from "../../security/x509/der.ts";
import { bits, der, integer, oid, sequence } from "../../security/x509/der_writer.ts";
import { digest } from "../../security/digests.ts";
import {
  DIGEST_OIDS,
  type KeyKind,
  PURE_KINDS,
  RSASSA_PSS,
  SIGNATURE_DIGESTS,
} from "../../security/x509/oids.ts";
import { pem } from "../../security/x509/pem.ts";
import { parsePrivateKey, type PrivateKey } from "../../security/x509/private_key.ts";
import { valueOf } from "./recorded.ts";

/** A key pair. */
export interface Pair {
  readonly kind: KeyKind;
  readonly publicKey: Uint8Array;
  readonly privateKey: PrivateKey;
  /** PKCS #8 in PEM. */
  readonly text: string;
  readonly object?: KeyObject;
}

const text = new TextEncoder();
/** The tests' time: within the validity of certificates that say nothing else. */
export const NOW = Date.UTC(2026, 5, 1);

/** A fresh pair of keys. */
export async function pairOf(kind: KeyKind): Promise<Pair> {
  if (kind.startsWith("ML-DSA") || kind.startsWith("SLH")) {
    const keys = await crypto.subtle.generateKey({ name: kind }, true, ["sign", "verify"]);
    if (!("privateKey" in keys)) throw new Error("no pair");
    const pkcs8 = new Uint8Array(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
    const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", keys.publicKey));
    return {
      kind,
      publicKey,
      privateKey: parsePrivateKey(pem("PRIVATE KEY", pkcs8)),
      text: pem("PRIVATE KEY", pkcs8),
    };
  }
  if (kind === "rsa-pss") return pssPair();
  const { privateKey, publicKey } = keys(kind);
  const written = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return {
    kind,
    publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    privateKey: parsePrivateKey(written),
    text: written,
    object: privateKey,
  };
}

function keys(kind: KeyKind): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (kind) {
    case "rsa":
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
    case "Ed25519":
      return generateKeyPairSync("ed25519");
    case "Ed448":
      return generateKeyPairSync("ed448");
    default:
      return generateKeyPairSync("ec", { namedCurve: kind });
  }
}

/** The runtime does not write such keys: an RSA key with the other identifier. */
function pssPair(): Pair {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const algorithm = sequence(oid(RSASSA_PSS));
  const info = new DerReader(privateKey.export({ type: "pkcs8", format: "der" })).enter(
    Tag.SEQUENCE,
    "a key",
  );
  const [version, , key] = [info.any(), info.any(), info.any()];
  const written = pem("PRIVATE KEY", sequence(version.whole, algorithm, key.whole));
  const outer = new DerReader(publicKey.export({ type: "spki", format: "der" })).enter(Tag.SEQUENCE, "a key");
  outer.any();
  const spki = sequence(algorithm, outer.any().whole);
  return {
    kind: "rsa-pss",
    publicKey: spki,
    privateKey: parsePrivateKey(written),
    text: written,
    object: privateKey,
  };
}

/** What a certificate says; what is left out is as in a good certificate. */
export interface Wanted {
  readonly subject: string;
  readonly pair: Pair;
  /** Left out: by itself. */
  readonly issuer?: { readonly subject: string; readonly pair: Pair };
  readonly notBefore?: number;
  readonly notAfter?: number;
  readonly authority?: boolean;
  readonly pathLength?: number;
  /** First byte of the key usage; left out: none. */
  readonly keyUsage?: number;
  /** A purpose in hexadecimal; left out: none. */
  readonly purpose?: string;
  /** Another name of the subject: of a host. */
  readonly host?: string;
  /** A critical extension, by its type. */
  readonly critical?: string;
  /** Digest of the signature, for RSA and curves. */
  readonly digest?: string;
  /** Signs with RSA-PSS. */
  readonly pss?: boolean;
}

const utf8 = (value: string) => der(Tag.UTF8, text.encode(value));
const name = (common: string) => sequence(der(Tag.SET, sequence(oid("550403"), utf8(common))));
const time = (at: number) =>
  der(Tag.TIME, text.encode(new Date(at).toISOString().replace(/[-:T]|\.\d+/g, "")));
const extension = (type: string, value: Uint8Array, critical = false) =>
  sequence(
    oid(type),
    ...critical ? [der(Tag.BOOLEAN, Uint8Array.of(0xff))] : [],
    der(Tag.OCTET_STRING, value),
  );
const keyOf = <V>(map: ReadonlyMap<string, V>, fits: (value: V) => boolean): string => {
  for (const [key, value] of map) if (fits(value)) return key;
  throw new Error("no such entry");
};

function algorithmOf(kind: KeyKind, hash: string, pss: boolean): Uint8Array {
  if (pss) {
    const inner = sequence(oid(keyOf(DIGEST_OIDS, (one) => one === hash)), der(Tag.NULL));
    const mask = sequence(oid("2a864886f70d010108"), inner);
    const salt = integer(Uint8Array.of(32));
    const parameters = sequence(
      der(contextTag(0), inner),
      der(contextTag(1), mask),
      der(contextTag(2), salt),
    );
    return sequence(oid(RSASSA_PSS), parameters);
  }
  if (kind === "rsa") {
    return sequence(
      oid(keyOf(SIGNATURE_DIGESTS, (one) => one.key === "rsa" && one.digest === hash)),
      der(Tag.NULL),
    );
  }
  if (kind.startsWith("P-")) {
    return sequence(oid(keyOf(SIGNATURE_DIGESTS, (one) => one.key === "ec" && one.digest === hash)));
  }
  return sequence(oid(keyOf(PURE_KINDS, (one) => one === kind)));
}

/** A certificate in DER. */
export async function certify(wanted: Wanted): Promise<Uint8Array<ArrayBuffer>> {
  const { subject, pair, authority, pathLength, keyUsage, purpose, host, critical } = wanted;
  const issuer = wanted.issuer ?? wanted;
  const hash = wanted.digest ?? "sha256";
  const pss = wanted.pss ?? issuer.pair.kind === "rsa-pss";
  const extensions = [
    extension("551d0e", der(Tag.OCTET_STRING, digest("sha256", pair.publicKey).subarray(0, 20))),
    extension(
      "551d23",
      sequence(der(contextTag(0, false), digest("sha256", issuer.pair.publicKey).subarray(0, 20))),
    ),
  ];
  if (authority !== undefined) {
    const length = pathLength === undefined ? [] : [integer(Uint8Array.of(pathLength))];
    const flag = authority ? [der(Tag.BOOLEAN, Uint8Array.of(0xff))] : [];
    extensions.push(extension("551d13", sequence(...flag, ...length), true));
  }
  if (keyUsage !== undefined) {
    extensions.push(extension("551d0f", der(Tag.BIT_STRING, Uint8Array.of(0, keyUsage)), true));
  }
  if (purpose !== undefined) extensions.push(extension("551d25", sequence(oid(purpose))));
  if (host !== undefined) {
    extensions.push(extension("551d11", sequence(der(contextTag(2, false), text.encode(host)))));
  }
  if (critical !== undefined) extensions.push(extension(critical, der(Tag.NULL), true));
  const algorithm = algorithmOf(issuer.pair.kind, hash, pss);
  const body = sequence(
    der(contextTag(0), integer(Uint8Array.of(2))),
    integer(crypto.getRandomValues(new Uint8Array(8)).fill(1, 0, 1)),
    algorithm,
    name(issuer.subject),
    sequence(time(wanted.notBefore ?? NOW - 86_400_000), time(wanted.notAfter ?? NOW + 86_400_000)),
    name(subject),
    pair.publicKey,
    der(contextTag(3), sequence(...extensions)),
  );
  return sequence(body, algorithm, bits(await signatureOf(issuer.pair, body, hash, pss)));
}

async function signatureOf(
  { object, privateKey, kind }: Pair,
  body: Uint8Array,
  hash: string,
  pss: boolean,
): Promise<Uint8Array> {
  if (pss && object) {
    return nodeSign(hash, body, { key: object, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
  }
  const form = { digest: kind === "rsa" || kind.startsWith("P-") ? hash : undefined };
  return await valueOf((done) => privateKey.sign(form, body, done));
}

/** A certificate with its key, as an end of a flow has it. */
export async function ownOf(wanted: Wanted): Promise<OwnCertificate> {
  return { certificate: parseCertificate(await certify(wanted)), key: wanted.pair.privateKey };
}

/** An authority. */
export async function authorityOf(subject: string, kind: KeyKind = "P-256", more: Partial<Wanted> = {}) {
  const pair = await pairOf(kind);
  const bytes = await certify({ subject, pair, authority: true, keyUsage: 0x06, ...more });
  return { subject, pair, certificate: parseCertificate(bytes) };
}
