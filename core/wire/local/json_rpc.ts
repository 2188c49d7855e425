/**
 * Messages of JSON-RPC 2.0 as the control protocol uses them: one a line, no batches.
 * Format: https://www.jsonrpc.org/specification and docs/local-protocol.md §2.
 *
 * @module
 */
import { asOuroError, errorFromErrno, type OuroError, ProtocolError } from "../../contract/errors.ts";

/** An id of a request. */
export type RpcId = number | string;
/** Asks for an answer. */
export interface RpcRequest {
  readonly kind: "request";
  readonly id: RpcId;
  readonly method: string;
  readonly params: unknown;
}
/** Wants no answer. */
export interface RpcNotification {
  readonly kind: "notification";
  readonly method: string;
  readonly params: unknown;
}
/** Answers a request. */
export interface RpcResult {
  readonly kind: "result";
  readonly id: RpcId;
  readonly result: unknown;
}
/** Refuses a request; `id` is null where the request could not be read. */
export interface RpcFault {
  readonly kind: "fault";
  readonly id: RpcId | null;
  readonly error: OuroError;
}
/** Any message. */
export type RpcMessage = RpcRequest | RpcNotification | RpcResult | RpcFault;

/** JSON-RPC's own code for a method that does not exist. */
export const METHOD_NOT_FOUND = -32601;

const isId = (value: unknown): value is RpcId =>
  typeof value === "string" || (typeof value === "number" && Number.isFinite(value));

/**
 * Reads one line.
 *
 * @throws ProtocolError when it is not a JSON-RPC 2.0 message
 */
export function parseRpc(line: string): RpcMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new ProtocolError("a control message is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ProtocolError("a control message is not an object");
  }
  const { jsonrpc, id, method, params, result, error } = value as Record<string, unknown>;
  if (jsonrpc !== "2.0") throw new ProtocolError("a control message is not JSON-RPC 2.0");
  if (typeof method === "string") {
    if (id === undefined) return { kind: "notification", method, params };
    if (!isId(id)) throw new ProtocolError("the id of a request is neither a number nor a text");
    return { kind: "request", id, method, params };
  }
  if (method !== undefined) throw new ProtocolError("the method of a control message is no text");
  if (error !== undefined) {
    if (id !== null && !isId(id)) throw new ProtocolError("a fault has no id");
    return { kind: "fault", id, error: readError(error) };
  }
  if (!isId(id) || result === undefined) {
    throw new ProtocolError("a control message has neither a method nor a result with an id");
  }
  return { kind: "result", id, result };
}

function readError(value: unknown): OuroError {
  const { code, message, data } = recordOf(value);
  const text = typeof message === "string" ? message : "no reason given";
  if (typeof code !== "number") return new ProtocolError(text);
  if (code <= -32000) return new ProtocolError(text);
  const { told } = recordOf(data);
  return errorFromErrno(code, text, { told: typeof told === "string" ? told : undefined });
}

const recordOf = (value: unknown): Record<string, unknown> =>
  (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;

/** Returns the line (without its end) of a request or, without an id, of a notification. */
export function formatCall(method: string, params: unknown, id?: RpcId): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method, params });
}

/** Returns the line of an answer. */
export function formatResult(id: RpcId, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result: result ?? null });
}

/** Returns the line of a refusal; `code` overrides the error's own number. */
export function formatFault(id: RpcId | null, thrown: unknown, code?: number): string {
  const error = asOuroError(thrown);
  return JSON.stringify({
    jsonrpc: "2.0",
    id,
    error: {
      code: code ?? -error.errno,
      message: error.message,
      data: { code: error.code, told: error.told },
    },
  });
}
