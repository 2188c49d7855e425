/**
 * Key encapsulation with ML-KEM: public keys go as SubjectPublicKeyInfo (DER), ciphertexts raw.
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import { CryptError } from "../../contract/errors.ts";
import type { Done } from "../../contract/outcome.ts";
import { type Agreement, attemptLater, type Initiator, type Response } from "./agreement.ts";
import {
  type DecapsulationKey,
  encapsulateMlKem,
  generateMlKem,
  ML_KEM,
  ML_KEM_NAMES,
  type MlKemName,
} from "./ml_kem.ts";

/** Returns the parameter set of a public key; undefined when it is no such key. */
export function mlKemOf(publicKey: Uint8Array): MlKemName | undefined {
  return ML_KEM_NAMES.find((name) => {
    const { prefix, publicKeyBytes } = ML_KEM[name];
    return publicKey.length === prefix.length + publicKeyBytes &&
      prefix.every((byte, at) => byte === publicKey[at]);
  });
}

/** Key encapsulation with one parameter set. */
export class MlKemAgreement implements Agreement {
  constructor(private readonly name: MlKemName) {}

  initiate(done: Done<Initiator>): void {
    attemptLater(`cannot make a key of ${this.name}`, done, async () => {
      return this.withKey(await generateMlKem(this.name));
    });
  }

  respond(publicKey: Uint8Array, done: Done<Response>): void {
    attemptLater(`the public key of ${this.name} does not hold`, done, async () => {
      if (mlKemOf(publicKey) !== this.name) {
        throw new CryptError(`the other end's key is none of ${this.name}`);
      }
      const raw = publicKey.subarray(ML_KEM[this.name].prefix.length);
      const { secret, ciphertext } = await encapsulateMlKem(this.name, raw);
      return { message: ciphertext, secret };
    });
  }

  /** Makes an initiator with a private key that is there already. */
  withKey(key: DecapsulationKey): Initiator {
    return {
      message: joinBytes(ML_KEM[this.name].prefix, key.publicKey),
      finish: (answer, done) =>
        attemptLater(`the ciphertext of ${this.name} does not hold`, done, () => key.decapsulate(answer)),
    };
  }
}
