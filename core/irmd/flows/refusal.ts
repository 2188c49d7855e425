/**
 * What a layer's refusal means, in words: layers carry a number, and a reason where the other end gives one.
 *
 * @module
 */
import { errorFromErrno, type OuroError } from "../../contract/errors.ts";
import { isPrintable } from "../../contract/ids.ts";
import type { FlowReply } from "../../contract/ipcp.ts";

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
  1009:
    "the other end could not be authenticated, or the clocks are apart; the log of the host there says why",
};

/** Bytes of a reason, at most. */
const MAX_REASON_BYTES = 200;

/**
 * Returns the error for a negative response.
 *
 * @example
 * ```ts
 * import { refusal } from "./refusal.ts";
 * import assert from "node:assert/strict";
 * const { message } = refusal({ response: -1007, data: new Uint8Array() }, "x", "l");
 * assert.match(message, /flow to "x" was refused in layer "l": the name is not known there/);
 * ```
 */
export function refusal({ response, data }: FlowReply, name: string, layer: string): OuroError {
  const errno = Math.abs(response);
  const meaning = reasonIn(data) ?? MEANINGS[errno] ?? `error ${errno}`;
  return errorFromErrno(errno, `the flow to "${name}" was refused in layer "${layer}": ${meaning}`);
}

/** Returns the reason that the other end gives; a stranger may say anything. */
function reasonIn(data: Uint8Array): string | undefined {
  if (data.length === 0 || data.length > MAX_REASON_BYTES) return undefined;
  const reason = new TextDecoder().decode(data);
  return isPrintable(reason) ? reason : undefined;
}
