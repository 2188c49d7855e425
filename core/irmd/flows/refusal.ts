/**
 * What a layer's refusal means, in words: layers carry a number only.
 *
 * @module
 */
import { errorFromErrno, type OuroError } from "../../contract/errors.ts";

const MEANINGS: Record<number, string> = {
  1: "the layer refused",
  2: "no process accepts flows for it",
  12: "a limit is reached there",
  90: "its answer is too large for this layer; a smaller certificate or key exchange is needed there",
  95: "this kind of flow is not supported there",
  110: "nobody answered there in time",
  1003: "an IPCP failed",
  1007: "the name is not known there",
  1008: "encryption could not be agreed; the log of the host there says why",
  1009: "the other end could not be authenticated; the log of the host there says why",
};

/**
 * Returns the error for a negative response.
 *
 * @example
 * ```ts
 * import { refusal } from "./refusal.ts";
 * import assert from "node:assert/strict";
 * assert.match(refusal(-1007, "x", "l").message, /flow to "x" was refused in layer "l": the name is not known there/);
 * ```
 */
export function refusal(response: number, name: string, layer: string): OuroError {
  const errno = Math.abs(response);
  const meaning = MEANINGS[errno] ?? `error ${errno}`;
  return errorFromErrno(errno, `the flow to "${name}" was refused in layer "${layer}": ${meaning}`);
}
