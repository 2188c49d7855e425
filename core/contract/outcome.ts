/**
 * Results of what takes time. Protocol cores hold no promises (virtual time cannot tell when microtasks
 * settle), so they answer through a callback that is called exactly once.
 *
 * @module
 */
import type { OuroError } from "./errors.ts";

/** A value, or the error in its place. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: OuroError };

/** Called exactly once with the outcome of an operation. */
export type Done<T = void> = (outcome: Outcome<T>) => void;

/** A successful outcome. */
export const success = <T>(value: T): Outcome<T> => ({ ok: true, value });
/** A failed outcome. */
export const failure = (error: OuroError): Outcome<never> => ({ ok: false, error });
/** The successful outcome of an operation without a result. */
export const DONE: Outcome<void> = { ok: true, value: undefined };
