/**
 * What a command is, and how commands go on when something answers.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import { DONE, type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import { type Fields, fieldsOf } from "../../wire/local/fields.ts";
import type { Caller } from "../tables/machine.ts";

/**
 * A command of docs/local-protocol.md §2.3. It answers once: through `reply`, or, for what can be said at once, by throwing an
 * error instead.
 */
export type Command = (caller: Caller, params: Fields, reply: Done<unknown>) => void;

/** Commands by method. */
export type Commands = Readonly<Record<string, Command>>;

/** Makes a command of what answers at once: with what it returns, or throws. */
export const atOnce =
  (answer: (params: Fields, caller: Caller) => unknown): Command => (caller, params, reply) =>
    reply(success(answer(params, caller)));

/** Carries out a command: what it throws is its answer, too. */
export function call(command: Command, caller: Caller, params: unknown, reply: Done<unknown>): void {
  try {
    command(caller, fieldsOf(params, "params"), reply);
  } catch (thrown) {
    reply(failure(asOuroError(thrown)));
  }
}

/** Passes a failure to `failed` and a value to `next`; what `next` throws is a failure too. */
export function onSuccess<T>(failed: (outcome: Outcome<never>) => void, next: (value: T) => void): Done<T> {
  return (outcome) => {
    if (!outcome.ok) return failed(outcome);
    try {
      next(outcome.value);
    } catch (thrown) {
      failed(failure(asOuroError(thrown)));
    }
  };
}

/** Runs `step` for one element after the other; stops at the first failure. */
export function inOrder<T>(elements: readonly T[], step: (element: T, done: Done) => void, done: Done): void {
  const [first, ...rest] = elements;
  if (first === undefined) return done(DONE);
  step(first, onSuccess(done, () => inOrder(rest, step, done)));
}
