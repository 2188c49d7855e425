/**
 * Key exchange in the allocation protocol: which algorithm a message belongs to, and the key that comes of it.
 *
 * @module
 */
import { type Done, success } from "../../contract/outcome.ts";
import type { DigestName, KeyExchangeName } from "../../contract/security.ts";
import type { Agreement, Initiator } from "./agreement.ts";
import { KEY_EXCHANGES, type KeyExchange, named } from "../algorithms.ts";
import { CurveAgreement, curveOf } from "./curve_agreement.ts";
import { digest, hkdf } from "../digests.ts";
import { FiniteFieldAgreement, groupOf } from "./finite_field_agreement.ts";
import { HybridAgreement, hybridBytes, hybridOf } from "./hybrid_agreement.ts";
import { MlKemAgreement, mlKemOf } from "./ml_kem_agreement.ts";

/** Bytes of a flow's key. */
export const KEY_BYTES = 32;

const encoder = new TextEncoder();
const DH_INFO = encoder.encode("o7s-ossl-dhe");
const KEM_INFO = encoder.encode("o7s-ossl-encap");

/** Returns how an algorithm agrees on a secret. */
export function agreementOf(name: KeyExchangeName): Agreement {
  switch (name) {
    case "ffdhe2048":
    case "ffdhe3072":
    case "ffdhe4096":
      return new FiniteFieldAgreement(name);
    case "ML-KEM-512":
    case "ML-KEM-768":
    case "ML-KEM-1024":
      return new MlKemAgreement(name);
    case "X25519MLKEM768":
    case "X448MLKEM1024":
      return new HybridAgreement(name);
    default:
      return new CurveAgreement(name);
  }
}

/**
 * Returns the algorithm of a public key as it came; undefined when it is a key of none. Only its form is looked at.
 *
 * @param hybrid flag F
 */
export function keyExchangeOf(publicKey: Uint8Array, hybrid: boolean): KeyExchange | undefined {
  let name: KeyExchangeName | undefined;
  if (hybrid) {
    const found = hybridOf(publicKey.length);
    name = found && hybridBytes(found).publicKey === publicKey.length ? found : undefined;
  } else name = curveOf(publicKey) ?? mlKemOf(publicKey) ?? groupOf(publicKey);
  return name && named(KEY_EXCHANGES, name);
}

/**
 * Returns the key after an exchange of public keys. The secret is wiped.
 *
 * @param a and `b`: the two messages as they went, in any order
 */
export function keyFromPublicKeys(
  kdf: DigestName,
  secret: Uint8Array,
  a: Uint8Array,
  b: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const [first, second] = compare(a, b) <= 0 ? [a, b] : [b, a];
  return derive(kdf, secret, digest("sha256", first, second), DH_INFO);
}

/** Returns the key after an encapsulation. The secret is wiped. @param publicKey as it went, or as it is known to both ends */
export function keyFromEncapsulation(
  kdf: DigestName,
  secret: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return derive(kdf, secret, digest("sha256", publicKey), KEM_INFO);
}

/** What the end that answers has come to. */
export interface Answered {
  /** The answer as it goes on the wire. */
  readonly message: Uint8Array;
  readonly key: Uint8Array;
}

/** Answers the public key of the other end. `done` may be called before this returns; it fails with a CryptError. */
export function answerPublicKey(
  { name, kind }: KeyExchange,
  kdf: DigestName,
  publicKey: Uint8Array,
  done: Done<Answered>,
): void {
  agreementOf(name).respond(publicKey, (outcome) => {
    if (!outcome.ok) return done(outcome);
    const { message, secret } = outcome.value;
    const key = kind === "dh"
      ? keyFromPublicKeys(kdf, secret, publicKey, message)
      : keyFromEncapsulation(kdf, secret, publicKey);
    done(success({ message, key }));
  });
}

/** Gives the key of an exchange that this end began. `done` may be called before this returns; it fails with a CryptError. */
export function keyFromAnswer(
  { kind }: KeyExchange,
  kdf: DigestName,
  initiator: Initiator,
  answer: Uint8Array,
  done: Done<Uint8Array>,
): void {
  initiator.finish(answer, (outcome) => {
    if (!outcome.ok) return done(outcome);
    const { message } = initiator;
    done(success(
      kind === "dh"
        ? keyFromPublicKeys(kdf, outcome.value, message, answer)
        : keyFromEncapsulation(kdf, outcome.value, message),
    ));
  });
}

function derive(
  kdf: DigestName,
  secret: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const key = hkdf(kdf, secret, salt, info, KEY_BYTES);
  secret.fill(0);
  return key;
}

/** By bytes; of two of which one is the beginning of the other, the shorter first. */
function compare(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at++) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}
