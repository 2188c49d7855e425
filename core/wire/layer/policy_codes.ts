/**
 * The codes by which the reference (0.23.0) names policies in the configuration of a layer.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";

/** Kinds of policies that have a field with a code. */
export type CodedKind = Extract<PluginKind, "routing" | "directory" | "address" | "congestion" | "hash">;

/** The code of a policy that the reference does not know: it refuses it. The name is in the extension. */
export const FOREIGN_CODE = 255;

/** Names by code. For routing these are the kinds of link state. */
const NAMES: Readonly<Record<CodedKind, readonly string[]>> = {
  routing: ["link_state", "lfa", "ecmp"],
  directory: ["DHT"],
  address: ["flat"],
  congestion: ["none", "mb-ecn"],
  hash: ["SHA3_224", "SHA3_256", "SHA3_384", "SHA3_512"],
};

/** Is there a code for policies of this kind? */
export function isCodedKind(kind: string): kind is CodedKind {
  return Object.hasOwn(NAMES, kind);
}

/** The code of a policy; undefined when the reference does not know it. */
export function policyCode(kind: CodedKind, name: string): number | undefined {
  const code = NAMES[kind].indexOf(name);
  return code < 0 ? undefined : code;
}

/** The policy with this code. @throws ProtocolError when there is none */
export function policyName(kind: CodedKind, code: number): string {
  const name = NAMES[kind][code];
  if (name === undefined) {
    throw new ProtocolError(
      `ipcp_config_msg: the layer uses the ${kind} policy with code ${code}, unknown here`,
    );
  }
  return name;
}
