/**
 * What the reference has no field for in the configuration of a layer: policies of other names, and options
 * (docs/wire-extensions.md). Nothing of it is written for a layer that the reference could make.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { OptionValue, OptionValues } from "../../contract/options.ts";
import type { PolicyExtension } from "./layer_messages.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { PLUGIN_KINDS, type PluginKind } from "../../contract/plugin_kind.ts";

type OptionExtension = PolicyExtension["options"][number];

/** The version of a plugin of a layer. */
export interface PluginVersion {
  readonly kind: PluginKind;
  readonly name: string;
  readonly version: string;
}

/** Version of the extension. */
const VERSION = 1;

/** Gives what the codec needs of the declarations of a kind. */
export type PolicyTable = (
  kind: PluginKind,
) => readonly Pick<PluginDeclaration, "name" | "code" | "options" | "version">[];

/** What an extension says. */
export interface LayerExtension {
  /** Names of policies that have no code, by their kind; with kind `ipcp`, of a type that has none. */
  readonly policies: ReadonlyMap<PluginKind, string>;
  /** Options without a field. */
  readonly options: OptionValues;
  /** The member to turn to, for a directory that has no field for it; 0: none. */
  readonly peer: bigint;
  /** Versions of plugins that have one. */
  readonly plugins: readonly PluginVersion[];
  /** The type that its options are of; undefined: it has none. */
  readonly type?: string;
}

/**
 * Returns the entries that say it: one a policy, and one of kind `ipcp` with the options, or for a type without a code. An empty
 * list when there is nothing to say.
 *
 * @param type the type of the IPCPs
 */
export function extensionOut(
  type: string,
  { policies, options, peer, plugins }: LayerExtension,
): PolicyExtension[] {
  const entry = (kind: PluginKind, name: string) => ({
    kind,
    name,
    version: VERSION,
    options: [],
    plugins: [],
  });
  const entries: PolicyExtension[] = [...policies].filter(([kind]) => kind !== "ipcp").map(([kind, name]) =>
    kind === "directory" && peer !== 0n ? { ...entry(kind, name), peer } : entry(kind, name)
  );
  const extra = Object.entries(options).sort(([a], [b]) => a < b ? -1 : 1).map(optionOut);
  if (policies.has("ipcp")) {
    entries.push({ ...entry("ipcp", type), options: extra, plugins, ...peer === 0n ? {} : { peer } });
  } else if (extra.length + plugins.length > 0) {
    entries.push({ ...entry("ipcp", type), options: extra, plugins });
  }
  return entries;
}

/**
 * Reads the entries.
 *
 * @param known gives the policies that have a code
 * @throws ProtocolError when they contradict each other, or come from a later version
 */
export function extensionIn(entries: readonly PolicyExtension[], known: PolicyTable): LayerExtension {
  const policies = new Map<PluginKind, string>();
  const options = new Map<string, OptionValue>();
  const plugins: PluginVersion[] = [];
  let peer = 0n;
  let type: string | undefined;
  for (const { kind, name, version, ...entry } of entries) {
    const what = `the layer uses the ${kind} policy ${name}`;
    if (version !== VERSION) throw fault(`${what} in version ${version} of the extension, unknown here`);
    if (kind === "directory" || kind === "ipcp") peer = entry.peer ?? peer;
    if (kind === "ipcp") {
      if (name === "" || (type !== undefined && type !== name)) {
        throw fault("it says twice which type the layer has");
      }
      type = name;
    } else {
      const of = PLUGIN_KINDS.find((one) => one === kind);
      const coded = of === undefined ? [] : known(of).filter(({ code }) => code !== undefined);
      if (of === undefined || coded.length === 0) throw fault(`${what}, a kind unknown here`);
      if (policies.has(of) || name === "" || coded.some((policy) => policy.name === name)) {
        throw fault(`it says twice which ${kind} policy the layer uses`);
      }
      policies.set(of, name);
    }
    plugins.push(...entry.plugins.map(pluginIn));
    for (const option of entry.options) {
      if (options.has(option.name)) throw fault(`option ${option.name} comes twice`);
      options.set(option.name, optionIn(option));
    }
  }
  return {
    policies,
    options: Object.fromEntries(options),
    peer,
    plugins,
    ...type === undefined ? {} : { type },
  };
}

function optionOut([name, value]: readonly [string, OptionValue]): OptionExtension {
  switch (typeof value) {
    case "string":
      return { name, text: value };
    case "boolean":
      return { name, flag: value };
    case "number":
      if (!Number.isSafeInteger(value)) throw fault(`option ${name} cannot be ${value}`);
      return { name, number: BigInt(value) };
  }
}

function optionIn({ name, text, number, flag }: OptionExtension): OptionValue {
  if (!/^[a-z][a-zA-Z0-9_-]*$/.test(name)) throw fault("the name of an option is not one");
  const values: OptionValue[] = [];
  if (text !== undefined) values.push(text);
  if (flag !== undefined) values.push(flag);
  if (number !== undefined) values.push(Number(number));
  if (values.length !== 1 || (typeof values[0] === "number" && !Number.isSafeInteger(values[0]))) {
    throw fault(`option ${name} must have one value`);
  }
  return values[0];
}

function pluginIn({ kind, name, version }: PolicyExtension["plugins"][number]): PluginVersion {
  const known = PLUGIN_KINDS.find((one) => one === kind);
  if (known === undefined) throw fault(`it tells the version of a plugin of the kind ${kind}, unknown here`);
  if (!/^\d[\w.+-]{0,63}$/.test(version)) throw fault(`the version of the ${kind} plugin ${name} is none`);
  return { kind: known, name, version };
}

function fault(what: string): ProtocolError {
  return new ProtocolError(`policy_ext_msg: ${what}`);
}
