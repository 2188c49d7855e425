/**
 * Diffie-Hellman over curves: P-256, P-384, P-521, X25519 and X448. Keys go as SubjectPublicKeyInfo (DER), points uncompressed;
 * inside hybrids they go raw.
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import type { KeyObject } from "node:crypto";
import { CryptError } from "../../contract/errors.ts";
import type { Done } from "../../contract/outcome.ts";
import { type Agreement, attempt, checkSecret, type Initiator, type Response } from "./agreement.ts";
import { buffer, owned, runtimeCrypto } from "../runtime_crypto.ts";

/** A curve. */
interface Curve {
  /** What stands in front of the key, or of the coordinates of the point. */
  readonly prefix: Uint8Array;
  /** Bytes behind it. */
  readonly keyBytes: number;
}

const curve = (prefix: string, keyBytes: number): Curve => ({ prefix: Uint8Array.fromHex(prefix), keyBytes });

const CURVES = {
  prime256v1: curve("3059301306072a8648ce3d020106082a8648ce3d03010703420004", 64),
  secp384r1: curve("3076301006072a8648ce3d020106052b8104002203620004", 96),
  secp521r1: curve("30819b301006072a8648ce3d020106052b810400230381860004", 132),
  X25519: curve("302a300506032b656e032100", 32),
  X448: curve("3042300506032b656f033900", 56),
} as const;

/** Name of a curve. */
export type CurveName = keyof typeof CURVES;

/** Returns the curve of a public key; undefined when it is no such key. */
export function curveOf(publicKey: Uint8Array): CurveName | undefined {
  const names: readonly CurveName[] = ["prime256v1", "secp384r1", "secp521r1", "X25519", "X448"];
  return names.find((name) => {
    const { prefix, keyBytes } = CURVES[name];
    return publicKey.length === prefix.length + keyBytes &&
      prefix.every((byte, at) => byte === publicKey[at]);
  });
}

/** The same key in its whole form. */
export function spkiOf(name: CurveName, raw: Uint8Array): Uint8Array {
  return joinBytes(CURVES[name].prefix, raw);
}

/** Diffie-Hellman over a curve. @param raw keys go without what tells their kind */
export class CurveAgreement implements Agreement {
  constructor(private readonly name: CurveName, private readonly raw = false) {}

  /** Returns the length of a public key in bytes. */
  get publicKeyBytes(): number {
    const { prefix, keyBytes } = CURVES[this.name];
    return this.raw ? keyBytes : prefix.length + keyBytes;
  }

  initiate(done: Done<Initiator>): void {
    attempt(`cannot make a key of ${this.name}`, done, () => this.#generate());
  }

  respond(publicKey: Uint8Array, done: Done<Response>): void {
    attempt(`the public key of ${this.name} does not hold`, done, () => {
      const peer = this.#peer(publicKey);
      const { privateKey, message } = this.#generate();
      return { message, secret: secretOf(privateKey, peer) };
    });
  }

  /** Makes an initiator with a private key that is there already. */
  withKey(privateKey: KeyObject): Initiator {
    return this.#initiator(privateKey, runtimeCrypto().createPublicKey(privateKey));
  }

  #generate(): Initiator & { readonly privateKey: KeyObject } {
    const { privateKey, publicKey } = keyPair(this.name);
    return { ...this.#initiator(privateKey, publicKey), privateKey };
  }

  #initiator(privateKey: KeyObject, publicKey: KeyObject): Initiator {
    const spki = owned(publicKey.export({ type: "spki", format: "der" }));
    return {
      message: this.raw ? spki.subarray(CURVES[this.name].prefix.length) : spki,
      finish: (answer, done) =>
        attempt(
          `the public key of ${this.name} does not hold`,
          done,
          () => secretOf(privateKey, this.#peer(answer)),
        ),
    };
  }

  #peer(publicKey: Uint8Array): KeyObject {
    const spki = this.raw ? spkiOf(this.name, publicKey) : publicKey;
    if (curveOf(spki) !== this.name) throw new CryptError(`the other end's key is none of ${this.name}`);
    return runtimeCrypto().createPublicKey({ key: buffer(spki), format: "der", type: "spki" });
  }
}

function keyPair(name: CurveName): { privateKey: KeyObject; publicKey: KeyObject } {
  const { generateKeyPairSync } = runtimeCrypto();
  switch (name) {
    case "X25519":
      return generateKeyPairSync("x25519");
    case "X448":
      return generateKeyPairSync("x448");
    default:
      return generateKeyPairSync("ec", { namedCurve: name });
  }
}

/** The runtime refuses points that are not on the curve, and secrets of nothing but zeros. */
const secretOf = (privateKey: KeyObject, publicKey: KeyObject): Uint8Array =>
  checkSecret(runtimeCrypto().diffieHellman({ privateKey, publicKey }));
