/**
 * Runs checks, and says in words what does not hold.
 *
 * @module
 */
import { AssertionError } from "node:assert/strict";
import { inputsOf } from "./property.ts";
import { OuroError } from "../contract/errors.ts";
import { describeThrown } from "../registry/guard/describe.ts";
import { type Check, ORIGIN } from "./suite.ts";

/** The longest value that is shown whole, in characters. */
const MAX_SHOWN = 300;

/** What came of a check. */
export interface Finding {
  /** What is asked. */
  readonly name: string;
  /** The option, and its value, with which it is asked, where that is not what the user has given. */
  readonly setting?: string;
  /** It is so. */
  readonly ok: boolean;
  /** What was found in its place. */
  readonly found?: string;
  /** The smallest inputs with which that happens, where inputs were drawn. */
  readonly inputs?: string;
}

/**
 * Runs a check.
 *
 * @param file whose lines are shown where it has thrown
 */
export async function findingOf({ name, setting, run }: Check, file: string): Promise<Finding> {
  try {
    await run();
    return { name, setting, ok: true };
  } catch (thrown) {
    const inputs = inputsOf(thrown);
    // The library that draws inputs puts what was thrown behind its own error.
    const found = inputs !== undefined && thrown instanceof Error ? thrown.cause ?? thrown : thrown;
    return { name, setting, ok: false, found: wordsOf(found, file), inputs: brief(inputs) };
  }
}

/** Says what was thrown, by a plugin or by what looks at it. @param file whose lines are shown */
export function wordsOf(thrown: unknown, file: string): string {
  // The registry's errors are sentences already; of whom they speak is known.
  if (thrown instanceof OuroError) return thrown.message.replace(` (${ORIGIN})`, "");
  if (!(thrown instanceof AssertionError)) return describeThrown(thrown, file);
  if (!thrown.generatedMessage) return thrown.message;
  const { actual, expected, operator } = thrown;
  if (/[eE]qual$/.test(operator)) return `it is ${valueText(actual)}, and should be ${valueText(expected)}`;
  return "it does not hold";
}

function valueText(value: unknown): string {
  const text = Deno.inspect(value, { compact: true, breakLength: Infinity, depth: 6, colors: false });
  return brief(text) ?? "";
}

const brief = (text: string | undefined): string | undefined =>
  text === undefined || text.length <= MAX_SHOWN ? text : `${text.slice(0, MAX_SHOWN)}…`;
