/**
 * Reads the parameters of what the IRMd asks an IPCP (docs/local-protocol.md §2.4). Each fault is an InvalidError that names
 * the field.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import { address, type FlowId, flowId, MAX_FLOWS, type NameHash, nameHash } from "../contract/ids.ts";
import type { FlowReply, FlowRequest, FormerAddress, LayerConfig } from "../contract/ipcp.ts";
import type { OptionValue } from "../contract/options.ts";
import type { QosSpec } from "../contract/qos.ts";
import { type ConnectTo, readConnectTo } from "../wire/local/connect_json.ts";
import { bytes, type Fields, fieldsOf, hex, integer, name, optional } from "../wire/local/fields.ts";
import { qosFromJson } from "../wire/local/qos_json.ts";

/** Data of the allocation protocol: what fits on a control line. */
const MAX_DATA = 47 * 1024;
const MAX_HASH = 64;
/** Bytes of a place in a network: an IPv6 address and port are 18. */
const MAX_PLACE = 64;
const TOKEN = 16;
const MAX_OPTIONS = 200;
const MAX_OPTION_TEXT = 4096;
/** Longest linger in milliseconds: the reference waits at most for some minutes. */
const MAX_LINGER = 24 * 3600 * 1000;

/** Parameters of `layer.bootstrap`. */
export function readBootstrap(fields: Fields): LayerConfig {
  const given = Object.entries(fieldsOf(fields.options, "options"));
  if (given.length > MAX_OPTIONS) throw new InvalidError(`options has more than ${MAX_OPTIONS} elements`);
  const options = Object.fromEntries(given.map(([key, value]) => [key, optionValue(key, value)]));
  const former = readFormer(fields);
  return { layer: name(fields, "layer"), options, ...former ? { former } : {} };
}

/** Field `former`. */
export function readFormer(fields: Fields): FormerAddress | undefined {
  return optional(fields, "former", (from, key) => {
    const former = fieldsOf(from[key], key);
    return {
      layer: name(former, "layer"),
      address: optional(former, "address", (from, key) => address(integer(from, key, 1, 0xffffffff))),
      place: optional(former, "place", (from, key) => hex(from, key, 1, MAX_PLACE)),
    };
  });
}

function optionValue(key: string, value: unknown): OptionValue {
  if (typeof value === "string" && value.length <= MAX_OPTION_TEXT) return value;
  if (typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value))) return value;
  throw new InvalidError(`option ${key} must be a text, a number, true or false`);
}

/** Field `hash`. */
export const readHash = (fields: Fields): NameHash => nameHash(hex(fields, "hash", 1, MAX_HASH));

/** Field `flow`. */
export const readFlow = (fields: Fields): FlowId => flowId(integer(fields, "flow", 0, MAX_FLOWS - 1));

/** Field `token`. */
export const readToken = (fields: Fields): string => hex(fields, "token", TOKEN);

/** The request in the parameters of `layer.allocate`. */
export function readRequest(fields: Fields): FlowRequest {
  return { hash: readHash(fields), qos: qosFromJson(fields, "qos"), data: bytes(fields, "data", MAX_DATA) };
}

/** The reply in the parameters of `layer.respond`. */
export function readReply(fields: Fields): FlowReply {
  return { response: integer(fields, "response", -0x7fffffff, 0), data: bytes(fields, "data", MAX_DATA) };
}

/** Field `connect` of `layer.respond`. */
export const readConnect = (fields: Fields): ConnectTo | undefined =>
  optional(fields, "connect", (from, key) => readConnectTo(fieldsOf(from[key], key)));

/** Parameters of `layer.connect` and, without `qos`, of `layer.disconnect`. */
export function readConnection(fields: Fields): { destination: string; component: string; qos: QosSpec } {
  return {
    destination: name(fields, "destination"),
    component: name(fields, "component"),
    qos: qosFromJson(fields, "qos"),
  };
}

/** Field `linger`, in milliseconds; left out: 0. */
export const readLinger = (fields: Fields): number =>
  optional(fields, "linger", (from, key) => integer(from, key, 0, MAX_LINGER)) ?? 0;
