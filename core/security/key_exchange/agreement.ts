/**
 * How two ends come to a shared secret: one message there, one back. Diffie-Hellman and key encapsulation have the same form.
 *
 * @module
 */
import { asOuroError, CryptError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";

/** The end that sends the first message: it holds a private key. */
export interface Initiator {
  /** The public key as it goes on the wire. */
  readonly message: Uint8Array;
  /** The secret, from the other end's answer: its public key, or a ciphertext. */
  finish(answer: Uint8Array, done: Done<Uint8Array>): void;
}

/** What the end that answers has come to. */
export interface Response {
  /** The answer as it goes on the wire. */
  readonly message: Uint8Array;
  /** The shared secret. Wipe it when the key has been derived. */
  readonly secret: Uint8Array;
}

/** One way to a shared secret. `done` may be called before a method returns. Every failure is a {@link CryptError}. */
export interface Agreement {
  /** Makes a key pair. */
  initiate(done: Done<Initiator>): void;
  /** Answers the public key of an initiator. */
  respond(publicKey: Uint8Array, done: Done<Response>): void;
}

/** Shorter secrets are refused. */
const MIN_SECRET_BYTES = 32;

/** Answers with what `run` returns; what the runtime throws (an invalid key, say) becomes a CryptError. */
export function attempt<T>(doing: string, done: Done<T>, run: () => T): void {
  let value: T;
  try {
    value = run();
  } catch (thrown) {
    return done(failure(cryptError(doing, thrown)));
  }
  done(success(value));
}

/** The same for what takes time. */
export function attemptLater<T>(doing: string, done: Done<T>, run: () => Promise<T>): void {
  const begun = async () => await run();
  begun().then((value) => done(success(value)), (thrown) => done(failure(cryptError(doing, thrown))));
}

function cryptError(doing: string, thrown: unknown): CryptError {
  if (thrown instanceof CryptError) return thrown;
  return new CryptError(`${doing}: ${asOuroError(thrown).message}`, { cause: thrown });
}

/** Checks that a secret is long enough. @throws CryptError */
export function checkSecret(secret: Uint8Array): Uint8Array {
  if (secret.length < MIN_SECRET_BYTES) {
    throw new CryptError(`the shared secret has ${secret.length} bytes; ${MIN_SECRET_BYTES} is the least`);
  }
  return secret;
}
