/**
 * Hybrids of ML-KEM and a curve: X25519MLKEM768 and X448MLKEM1024. Everything goes raw, the part of ML-KEM first: public keys,
 * ciphertexts (with the fresh key of the curve as second part) and secrets.
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import type { KeyObject } from "node:crypto";
import { CryptError, type OuroError } from "../../contract/errors.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import { type Agreement, attemptLater, checkSecret, type Initiator, type Response } from "./agreement.ts";
import { CurveAgreement, type CurveName } from "./curve_agreement.ts";
import { type DecapsulationKey, encapsulateMlKem, generateMlKem, ML_KEM, type MlKemName } from "./ml_kem.ts";

const PARTS = {
  X25519MLKEM768: { kem: "ML-KEM-768", curve: "X25519", curveBytes: 32 },
  X448MLKEM1024: { kem: "ML-KEM-1024", curve: "X448", curveBytes: 56 },
} as const satisfies Record<string, { kem: MlKemName; curve: CurveName; curveBytes: number }>;

/** Name of a hybrid. */
export type HybridName = keyof typeof PARTS;

/** Returns the lengths in bytes of what a hybrid sends, and of its raw private keys. */
export function hybridBytes(name: HybridName): { publicKey: number; ciphertext: number; privateKey: number } {
  const { kem, curveBytes } = PARTS[name];
  const { publicKeyBytes, ciphertextBytes, expandedKeyBytes } = ML_KEM[kem];
  return {
    publicKey: publicKeyBytes + curveBytes,
    ciphertext: ciphertextBytes + curveBytes,
    privateKey: expandedKeyBytes + curveBytes,
  };
}

/** Returns the parts that a hybrid is made of. */
export const hybridParts = (name: HybridName): { readonly kem: MlKemName; readonly curve: CurveName } =>
  PARTS[name];

/** Returns the hybrid of a public key or of a ciphertext, told by its length. */
export function hybridOf(length: number): HybridName | undefined {
  const names: readonly HybridName[] = ["X25519MLKEM768", "X448MLKEM1024"];
  return names.find((name) => {
    const { publicKey, ciphertext } = hybridBytes(name);
    return length === publicKey || length === ciphertext;
  });
}

/** Key encapsulation with a hybrid. */
export class HybridAgreement implements Agreement {
  readonly #curve: CurveAgreement;

  constructor(private readonly name: HybridName) {
    this.#curve = new CurveAgreement(PARTS[name].curve, true);
  }

  initiate(done: Done<Initiator>): void {
    const { kem } = PARTS[this.name];
    attemptLater<DecapsulationKey>(`cannot make a key of ${kem}`, (made) => {
      if (!made.ok) return done(made);
      this.#curve.initiate(mapped(done, (curve) => this.#initiator(made.value, curve)));
    }, () => generateMlKem(kem));
  }

  respond(publicKey: Uint8Array, done: Done<Response>): void {
    const { kem } = PARTS[this.name];
    const split = ML_KEM[kem].publicKeyBytes;
    const lengths = hybridBytes(this.name);
    if (publicKey.length !== lengths.publicKey) return done(failure(this.#badLength("key", publicKey)));
    attemptLater<{ secret: Uint8Array; ciphertext: Uint8Array }>(
      `the public key of ${this.name} does not hold`,
      (first) => {
        if (!first.ok) return done(first);
        const { secret, ciphertext } = first.value;
        this.#curve.respond(
          publicKey.subarray(split),
          mapped(done, (second) => ({
            message: joinBytes(ciphertext, second.message),
            secret: joinedSecrets(secret, second.secret),
          })),
        );
      },
      () => encapsulateMlKem(kem, publicKey.subarray(0, split)),
    );
  }

  /** Makes an initiator with private keys that are there already. */
  withKeys(kem: DecapsulationKey, curve: KeyObject): Initiator {
    return this.#initiator(kem, this.#curve.withKey(curve));
  }

  #initiator(kem: DecapsulationKey, curve: Initiator): Initiator {
    const split = ML_KEM[PARTS[this.name].kem].ciphertextBytes;
    return {
      message: joinBytes(kem.publicKey, curve.message),
      finish: (answer, done) => {
        if (answer.length !== hybridBytes(this.name).ciphertext) {
          return done(failure(this.#badLength("ciphertext", answer)));
        }
        attemptLater<Uint8Array>(`the ciphertext of ${this.name} does not hold`, (first) => {
          if (!first.ok) return done(first);
          curve.finish(answer.subarray(split), mapped(done, (second) => joinedSecrets(first.value, second)));
        }, () => kem.decapsulate(answer.subarray(0, split)));
      },
    };
  }

  #badLength(what: string, { length }: Uint8Array): OuroError {
    return new CryptError(`the ${what} of ${this.name} does not hold: it has ${length} bytes`);
  }
}

/** Returns a `Done` that passes on what `map` makes of the value. */
function mapped<T, R>(done: Done<R>, map: (value: T) => R): Done<T> {
  return (outcome: Outcome<T>) => done(outcome.ok ? success(map(outcome.value)) : outcome);
}

function joinedSecrets(a: Uint8Array, b: Uint8Array): Uint8Array {
  const secret = joinBytes(a, b);
  a.fill(0);
  b.fill(0);
  return checkSecret(secret);
}
