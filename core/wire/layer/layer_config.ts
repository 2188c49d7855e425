/**
 * The configuration of a layer as enrollment carries it: between the message of the reference (`ipcp_config_msg`, 0.23.0)
 * and names of plugins and options. The tables are in `layer_messages.ts`.
 *
 * @module
 */
import { type Address, address, isPrintable, MAX_NAME_BYTES } from "../../contract/ids.ts";
import type { OptionValues } from "../../contract/options.ts";
import { extensionIn, extensionOut } from "./layer_extension.ts";
import {
  configurationFault as fault,
  LAYER_CONFIG,
  type LayerConfigMessage,
  type UnicastMessage,
} from "./layer_messages.ts";
import { nameOf, optionsIn, unicastIn, unicastOut } from "./layer_unicast.ts";
import { type CodedKind, FOREIGN_CODE, policyCode } from "./policy_codes.ts";
import { decodeProto2, encodeProto2 } from "../proto2.ts";

/** What a new member is told of the layer. */
export interface LayerConfiguration {
  readonly type: "unicast" | "broadcast";
  /** Name of the layer. */
  readonly layer: string;
  /** Name of the hash plugin. */
  readonly hash: string;
  /** All options but the hash function. Checked for their form only, not against the ranges of a declaration. */
  readonly options: OptionValues;
  /** The member to which the directory turns first. */
  readonly peer: Address | undefined;
}

const TYPES: ReadonlyMap<number, LayerConfiguration["type"]> = new Map([[1, "unicast"], [2, "broadcast"]]);

/**
 * The bytes of a configuration. Policies and options that the reference does not know go into its extension.
 *
 * @param defaults options that need no telling when they have this value, because every member has it by default; those
 * that the reference has a field for are told anyway
 * @throws ProtocolError when an option that the message needs is missing, or a value does not fit
 *
 * @example
 * ```ts
 * import { decodeLayerConfiguration, encodeLayerConfiguration } from "./layer_config.ts";
 * import assert from "node:assert/strict";
 * const bytes = encodeLayerConfiguration({
 *   type: "broadcast",
 *   layer: "u2bc",
 *   hash: "SHA3_256",
 *   options: {},
 *   peer: undefined,
 * });
 * assert.equal(bytes.toHex(), "0a080a047532626310011002");
 * assert.equal(decodeLayerConfiguration(bytes).layer, "u2bc");
 * ```
 */
export function encodeLayerConfiguration(
  configuration: LayerConfiguration,
  defaults: OptionValues = {},
): Uint8Array<ArrayBuffer> {
  return encodeProto2(LAYER_CONFIG, layerConfigurationOut(configuration, defaults));
}

/**
 * Reads a configuration.
 *
 * @throws ProtocolError when it is none, or names a type or policy that is unknown here
 */
export function decodeLayerConfiguration(bytes: Uint8Array): LayerConfiguration {
  return layerConfigurationIn(decodeProto2(LAYER_CONFIG, bytes));
}

/** A configuration as a message, to be embedded. */
export function layerConfigurationOut(
  { type, layer, hash, options, peer }: LayerConfiguration,
  defaults: OptionValues = {},
): LayerConfigMessage {
  const policies = new Map<CodedKind, string>();
  const code = (kind: CodedKind, name: string) => {
    const known = policyCode(kind, name);
    if (known === undefined) policies.set(kind, name);
    return known ?? FOREIGN_CODE;
  };
  const rest = new Map(Object.entries(options).filter(([name, value]) => defaults[name] !== value));
  rest.delete("hash");

  checkName(layer);
  const layer_info = { name: layer, dir_hash_algo: code("hash", hash) };
  let unicast: UnicastMessage | undefined;
  if (type === "unicast") {
    unicast = unicastOut(options, peer, code);
    for (const name of optionsIn(unicast)) rest.delete(name);
  }
  const extension = { policies, options: Object.fromEntries(rest), peer: BigInt(peer ?? 0) };
  return { layer_info, ipcp_type: typeCode(type), unicast, policies: extensionOut(type, extension) };
}

/** A configuration from a message that was embedded. @throws ProtocolError as {@link decodeLayerConfiguration} does */
export function layerConfigurationIn(message: LayerConfigMessage): LayerConfiguration {
  const { layer_info, ipcp_type, unicast } = message;
  const type = TYPES.get(ipcp_type);
  if (type === undefined) throw fault(`there are no layers of type ${ipcp_type} that one enrolls with`);
  checkName(layer_info.name);
  const extension = extensionIn(type, message.policies);
  const layer = layer_info.name;
  const hash = nameOf("hash", layer_info.dir_hash_algo, extension);
  if (type === "broadcast") {
    return { type, layer, hash, options: extension.options, peer: undefined };
  }
  if (unicast === undefined) throw fault("unicast: it is missing for a layer of that type");
  const { options, peer } = unicastIn(unicast, extension);
  const twice = Object.keys(options).find((name) => Object.hasOwn(extension.options, name));
  if (twice !== undefined) throw fault(`option ${twice} comes twice`);
  return { type, layer, hash, options: { ...options, ...extension.options }, peer: peerIn(peer) };
}

function peerIn(peer: bigint): Address | undefined {
  if (peer > 0xffffffffn) throw fault(`the peer ${peer} is not an address of 32 bits`);
  return peer === 0n ? undefined : address(Number(peer));
}

function typeCode(type: LayerConfiguration["type"]): number {
  return type === "unicast" ? 1 : 2;
}

const encoder = new TextEncoder();

function checkName(layer: string): void {
  if (layer === "" || !isPrintable(layer) || encoder.encode(layer).length > MAX_NAME_BYTES) {
    throw fault(`layer_info: the name of a layer has 1 to ${MAX_NAME_BYTES} bytes, none a control character`);
  }
}
