/**
 * The quality of a flow as a word of the command line.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import { QOS, type QosName } from "../contract/qos.ts";

/**
 * Returns the quality of that name.
 *
 * @throws InvalidError that lists those that there are
 *
 * @example
 * ```ts
 * import { qualityNamed } from "./quality.ts";
 * import assert from "node:assert/strict";
 * assert.equal(qualityNamed("voice"), "voice");
 * assert.throws(() => qualityNamed("gold"), /there is no quality "gold"; there are: raw, best/);
 * ```
 */
export function qualityNamed(word: string): QosName {
  const names = Object.keys(QOS);
  const found = names.find((name): name is QosName => name === word);
  if (found !== undefined) return found;
  throw new InvalidError(`there is no quality "${word}"; there are: ${names.join(", ")}`);
}
