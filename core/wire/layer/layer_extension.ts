/**
 * What the reference has no field for in the configuration of a layer: policies of other names, and options
 * (docs/wire-extensions.md). Nothing of it is written for a layer that the reference could make.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import type { OptionValue, OptionValues } from "../../contract/options.ts";
import type { PolicyExtension } from "./layer_messages.ts";
import { type CodedKind, isCodedKind, policyCode } from "./policy_codes.ts";

type OptionExtension = PolicyExtension["options"][number];

/** Version of the extension. */
const VERSION = 1;

/** What an extension says. */
export interface LayerExtension {
  /** Names of policies that have no code, by their kind. */
  readonly policies: ReadonlyMap<CodedKind, string>;
  /** Options without a field. */
  readonly options: OptionValues;
  /** The member to turn to, for a directory that has no field for it; 0: none. */
  readonly peer: bigint;
}

/**
 * The entries that say it: one a policy, and one of kind `ipcp` with the options. An empty list when there is nothing to say.
 *
 * @param type the type of the IPCPs
 */
export function extensionOut(type: string, { policies, options, peer }: LayerExtension): PolicyExtension[] {
  const entries: PolicyExtension[] = [...policies].map(([kind, name]) => {
    const entry = { kind, name, version: VERSION, options: [] };
    return kind === "directory" && peer !== 0n ? { ...entry, peer } : entry;
  });
  const extra = Object.entries(options).sort(([a], [b]) => a < b ? -1 : 1).map(optionOut);
  if (extra.length > 0) entries.push({ kind: "ipcp", name: type, version: VERSION, options: extra });
  return entries;
}

/**
 * Reads the entries.
 *
 * @throws ProtocolError when they contradict each other, or come from a later version
 */
export function extensionIn(type: string, entries: readonly PolicyExtension[]): LayerExtension {
  const policies = new Map<CodedKind, string>();
  const options = new Map<string, OptionValue>();
  let peer = 0n;
  for (const { kind, name, version, ...entry } of entries) {
    const what = `the layer uses the ${kind} policy ${name}`;
    if (version !== VERSION) throw fault(`${what} in version ${version} of the extension, unknown here`);
    if (isCodedKind(kind)) {
      if (policies.has(kind) || name === "" || policyCode(kind, name) !== undefined) {
        throw fault(`it says twice which ${kind} policy the layer uses`);
      }
      policies.set(kind, name);
      if (kind === "directory") peer = entry.peer ?? 0n;
    } else if (kind !== "ipcp" || name !== type) throw fault(`${what}, a kind unknown here`);
    for (const option of entry.options) {
      if (options.has(option.name)) throw fault(`option ${option.name} comes twice`);
      options.set(option.name, optionIn(option));
    }
  }
  return { policies, options: Object.fromEntries(options), peer };
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

function fault(what: string): ProtocolError {
  return new ProtocolError(`policy_ext_msg: ${what}`);
}
