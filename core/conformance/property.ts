/**
 * Statements about all inputs: the one way to the library that draws inputs, and makes those for which a statement does not hold
 * as small as can be.
 *
 * @module
 */
import fc from "fast-check";

export { fc };

/** Inputs are drawn from this seed from now on, so that a run can be repeated. */
export function drawFrom(seed: number): void {
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}

/** Returns the inputs for which a statement does not hold, as the library writes them; undefined where that is not what was thrown. */
export const inputsOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error ? /^Counterexample: (.*)$/m.exec(thrown.message)?.[1] : undefined;
