/**
 * Refusals of requests for flows: a number, and the reason in words.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import type { FlowReply } from "../../contract/ipcp.ts";

/** Bytes of the reason, at most. */
const MAX_REASON_BYTES = 200;
const encoder = new TextEncoder();

/** Makes the refusal of a request that failed. @param reason left out: what a stranger at the other end may read */
export function refusalOf({ errno, told = "" }: OuroError, reason = told): FlowReply {
  const data = new Uint8Array(MAX_REASON_BYTES);
  return { response: -errno, data: data.subarray(0, encoder.encodeInto(reason, data).written) };
}
