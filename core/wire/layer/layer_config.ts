/**
 * The configuration of a layer as enrollment carries it: between the message of the reference (`ipcp_config_msg`, 0.23.0)
 * and names of plugins and options. The tables are in `layer_messages.ts`.
 *
 * @module
 */
import { type Address, address, isPrintable, MAX_NAME_BYTES } from "../../contract/ids.ts";
import type { ConfigurationPart, LayerConfiguration, PolicyCodes } from "../../contract/membership.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import {
  extensionIn,
  extensionOut,
  type LayerExtension,
  type PluginVersion,
  type PolicyTable,
} from "./layer_extension.ts";
import { configurationFault as fault, LAYER_CONFIG } from "./layer_messages.ts";
import { decodeProto2, encodeProto2 } from "../proto2.ts";

/** What the codec needs to know of plugins. */
export interface LayerEncoding {
  /** Gives the declarations of the plugins of a kind, with their codes. */
  readonly policies: PolicyTable;
  /** The part of the own type, where the reference has one. */
  readonly part?: ConfigurationPart | undefined;
}

/** A configuration that another member has told. */
export interface ToldConfiguration extends LayerConfiguration {
  /** Versions of the plugins that the layer uses, of those that have one; left out: none has. */
  readonly plugins?: readonly PluginVersion[];
}

/** The code of a policy or type that the reference does not know: it refuses it. The name is in the extension. */
const FOREIGN_CODE = 255;

/**
 * Encodes a configuration. Policies and options that the reference does not know go into its extension; an option of the type
 * that has its default needs no telling there, because every member has it.
 *
 * @throws ProtocolError when an option that the message needs is missing, or a value does not fit
 *
 * @example
 * ```ts
 * import { decodeLayerConfiguration, encodeLayerConfiguration } from "./layer_config.ts";
 * import assert from "node:assert/strict";
 * const encoding = {
 *   policies: (kind: string) =>
 *     kind === "hash" ? [{ name: "SHA3_256", code: 1, options: [] }] : [{ name: "broadcast", code: 2, options: [] }],
 * };
 * const configuration = { type: "broadcast", layer: "u2bc", hash: "SHA3_256", options: {}, peer: undefined };
 * const bytes = encodeLayerConfiguration(configuration, encoding);
 * assert.equal(bytes.toHex(), "0a080a047532626310011002");
 * assert.deepEqual(decodeLayerConfiguration(bytes, encoding), configuration);
 * ```
 */
export function encodeLayerConfiguration(
  configuration: LayerConfiguration,
  { policies, part }: LayerEncoding,
): Uint8Array<ArrayBuffer> {
  const { type, layer, hash, options, peer } = configuration;
  checkName(layer);
  const foreign = new Map<PluginKind, string>();
  const codes: PolicyCodes = {
    code(kind, name) {
      const code = policies(kind).find((policy) => policy.name === name)?.code;
      if (code === undefined) foreign.set(kind, name);
      return code ?? FOREIGN_CODE;
    },
    name: (_kind, code) => String(code),
  };
  const layer_info = { name: layer, dir_hash_algo: codes.code("hash", hash) };
  const ipcp_type = codes.code("ipcp", type);
  const own = part?.type === type ? part.encode(configuration, codes) : undefined;
  const declared = policies("ipcp").find(({ name }) => name === type)?.options ?? [];
  const isDefault = (name: string, value: unknown) =>
    declared.some((option) => option.name === name && option.type !== "flag" && option.default === value);
  const rest = Object.entries(options).filter(([name, value]) =>
    name !== "hash" && !own?.options.includes(name) && !isDefault(name, value)
  );
  const extension = {
    policies: foreign,
    options: Object.fromEntries(rest),
    peer: BigInt(peer ?? 0),
    plugins: pluginsOf(configuration, policies).flatMap(({ kind, declaration: { name, version } }) =>
      version === undefined ? [] : [{ kind, name, version }]
    ),
  };
  return encodeProto2(LAYER_CONFIG, {
    layer_info,
    ipcp_type,
    unicast: own?.bytes,
    policies: extensionOut(type, extension),
  });
}

/**
 * Returns the plugins that a layer uses, as they are declared here: its type, and the policies that its options pick, and theirs.
 * Those that there are not are left out.
 */
export function pluginsOf(
  { type, hash, options }: Pick<LayerConfiguration, "type" | "hash" | "options">,
  policies: PolicyTable,
): { readonly kind: PluginKind; readonly declaration: ReturnType<PolicyTable>[number] }[] {
  const picked: { kind: PluginKind; name: unknown }[] = [{ kind: "ipcp", name: type }];
  const values: Readonly<Record<string, unknown>> = { ...options, hash };
  const found = [];
  for (const { kind, name } of picked) { // What is pushed here is visited too.
    const declaration = policies(kind).find((one) => one.name === name);
    if (!declaration) continue;
    found.push({ kind, declaration });
    for (const option of declaration.options) {
      if (option.type === "policy") picked.push({ kind: option.kind, name: values[option.name] });
    }
  }
  return found;
}

/**
 * Decodes a configuration.
 *
 * @throws ProtocolError when it is none, or names a type or policy that is unknown here
 */
export function decodeLayerConfiguration(
  bytes: Uint8Array,
  { policies, part }: LayerEncoding,
): ToldConfiguration {
  const message = decodeProto2(LAYER_CONFIG, bytes);
  const { layer_info: { name: layer, dir_hash_algo }, ipcp_type } = message;
  checkName(layer);
  const extension = extensionIn(message.policies, policies);
  const codes: PolicyCodes = {
    code: () => FOREIGN_CODE,
    name: (kind, code) => nameOf(kind, code, extension, policies),
  };
  const type = typeOf(ipcp_type, extension, policies);
  const hash = codes.name("hash", dir_hash_algo);
  const versions = extension.plugins.length === 0 ? {} : { plugins: extension.plugins };
  if (part?.type !== type) {
    return { type, layer, hash, options: extension.options, peer: peerOf(extension), ...versions };
  }
  if (message.unicast === undefined) throw fault(`unicast: it is missing for a layer of that type`);
  const { options, peer = peerOf(extension) } = part.decode(message.unicast, codes);
  const twice = Object.keys(options).find((name) => Object.hasOwn(extension.options, name));
  if (twice !== undefined) throw fault(`option ${twice} comes twice`);
  return { type, layer, hash, options: { ...options, ...extension.options }, peer, ...versions };
}

/** Returns the type, which the entry for options names too; for types that the reference does not know that is the only place. */
function typeOf(
  code: number,
  { type: named }: LayerExtension,
  policies: PolicyTable,
): string {
  const known = policies("ipcp").find((policy) => policy.code === code)?.name;
  if (code === FOREIGN_CODE && named !== undefined) return named;
  if (known === undefined) throw fault(`there are no layers of type ${code} that one enrolls with`);
  if (named !== undefined && named !== known) {
    throw fault(`a layer of type ${known} has options of type ${named}`);
  }
  return known;
}

/** Returns the policy of this kind: by its code, or by the extension where the code says so. */
function nameOf(
  kind: PluginKind,
  code: number,
  extension: LayerExtension,
  policies: PolicyTable,
): string {
  const foreign = extension.policies.get(kind);
  if (foreign !== undefined) {
    if (code !== FOREIGN_CODE) throw fault(`it says twice which ${kind} policy the layer uses`);
    return foreign;
  }
  const known = policies(kind).find((policy) => policy.code === code)?.name;
  if (known === undefined) throw fault(`the layer uses the ${kind} policy with code ${code}, unknown here`);
  return known;
}

function peerOf({ peer }: LayerExtension): Address | undefined {
  if (peer > 0xffffffffn) throw fault(`the peer ${peer} is not an address of 32 bits`);
  return peer === 0n ? undefined : address(Number(peer));
}

const encoder = new TextEncoder();

function checkName(layer: string): void {
  if (layer === "" || !isPrintable(layer) || encoder.encode(layer).length > MAX_NAME_BYTES) {
    throw fault(`layer_info: the name of a layer has 1 to ${MAX_NAME_BYTES} bytes, none a control character`);
  }
}
