/**
 * Checks options as a user wrote them against the declarations of a plugin. Imports no plugin and no registry, so
 * that `irm` can use it too.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import { isPrintable, MAX_NAME_BYTES } from "../contract/ids.ts";
import type {
  IntegerOption,
  OptionDeclaration,
  OptionsOf,
  OptionValue,
  OptionValues,
  PolicyOption,
  TextOption,
} from "../contract/options.ts";
import type { PluginDeclaration } from "../contract/plugin.ts";
import type { PluginKind } from "../contract/plugin_kind.ts";

/** What is given for an option cannot be used. */
export class OptionError extends InvalidError {
  /** @param option its name, or the word that is none */
  constructor(readonly option: string, message: string) {
    super(message);
  }
}

/** Gives the declarations of the plugins of a kind. */
export type Policies = (kind: PluginKind) => readonly PluginDeclaration[];

/**
 * Checks options and fills defaults in.
 *
 * @param declarations the options of the plugin
 * @param given full names (or aliases) and the texts as written; for a flag, no text or `true` or `false`
 * @param policies where policies are looked up; without it any name of a policy passes, and the options of policies
 * are unknown
 * @returns typed values by full name; an option that was not given and has no default is left out, a flag is false
 * @throws OptionError naming the option, the value and what is valid
 *
 * @example
 * ```ts
 * import { checkOptions } from "./check_options.ts";
 * import assert from "node:assert/strict";
 * const ttl = { name: "ttl", type: "integer", min: 0, max: 255, default: 60, help: "hops a packet may take" } as const;
 * assert.deepEqual(checkOptions([ttl], {}), { ttl: 60 });
 * assert.deepEqual(checkOptions([ttl], { ttl: "7" }), { ttl: 7 });
 * assert.throws(() => checkOptions([ttl], { ttl: "many" }), /Invalid value for ttl: "many"/);
 * ```
 */
export function checkOptions<const O extends readonly OptionDeclaration[]>(
  declarations: O,
  given: Readonly<Record<string, string>>,
  policies?: Policies,
): OptionsOf<O>;
export function checkOptions(
  declarations: readonly OptionDeclaration[],
  given: Readonly<Record<string, string>>,
  policies?: Policies,
): OptionValues {
  const all = withPolicyOptions(declarations, given, policies);
  refuseUnknown(all, given);
  const values = new Map<string, OptionValue>();
  for (const option of all) {
    const text = textOf(option, given);
    const value = text === undefined ? valueWithout(option) : readValue(option, text, policies);
    if (value !== undefined) values.set(option.name, value);
  }
  return Object.fromEntries(values);
}

/** Returns the words that stand for an option, also in configuration files. */
export const wordsOfOption = (
  { name, aliases = [], fileWords = [] }: OptionDeclaration,
): readonly string[] => [
  name,
  ...aliases,
  ...fileWords,
];

/**
 * Returns the declared options and those of the policies that they pick.
 *
 * @throws InvalidError when a policy is unknown, or one of its options has the word of another one
 */
export function withPolicyOptions(
  declarations: readonly OptionDeclaration[],
  given: Readonly<Record<string, string>>,
  policies?: Policies,
): OptionDeclaration[] {
  const all = [...declarations];
  if (!policies) return all;
  const owners = new Map(declarations.flatMap(wordsOfOption).map((word) => [word, "the layer itself"]));
  const picked = new Set<PluginDeclaration>();
  for (const option of all) { // Options that are pushed here are visited too.
    if (option.type !== "policy") continue;
    const name = textOf(option, given) ?? option.default;
    if (name === undefined) continue;
    const policy = findPolicy(option, name, policies);
    if (picked.has(policy)) continue;
    picked.add(policy);
    for (const own of policy.options) {
      const label = `${policy.kind} "${policy.name}"`;
      for (const word of wordsOfOption(own)) {
        const owner = owners.get(word);
        if (owner === undefined) continue;
        throw new OptionError(
          own.name,
          `${label} has the option ${word}, and so has ${owner}: one of them needs another word for it`,
        );
      }
      all.push(own);
    }
    for (const word of policy.options.flatMap(wordsOfOption)) {
      owners.set(word, `${policy.kind} "${policy.name}"`);
    }
  }
  return all;
}

/**
 * Says what is valid for an option.
 *
 * @example
 * ```ts
 * import { describeValues } from "./check_options.ts";
 * import assert from "node:assert/strict";
 * const option = { name: "n", type: "integer", min: 1, max: 10, unit: "s", help: "" } as const;
 * assert.equal(describeValues(option), "a whole number of 1 to 10 (s)");
 * ```
 */
export function describeValues(option: OptionDeclaration, policies?: Policies): string {
  switch (option.type) {
    case "integer":
      return describeInteger(option);
    case "choice":
      return `one of: ${option.values.join(", ")}`;
    case "policy":
      return policies
        ? `one of: ${policies(option.kind).map((policy) => policy.name).join(", ")}`
        : `the name of a plugin of kind ${option.kind}`;
    case "text":
      return `a text of 1 to ${option.maxBytes ?? MAX_NAME_BYTES} bytes without control characters`;
    case "flag":
      return "no value, true or false";
  }
}

function describeInteger({ min, max, hexadecimal, unit }: IntegerOption): string {
  const shown = (value: number) => hexadecimal ? `0x${value.toString(16).toUpperCase()}` : String(value);
  const kind = hexadecimal ? "a hexadecimal number" : "a whole number";
  return `${kind} of ${shown(min)} to ${shown(max)}${unit === undefined ? "" : ` (${unit})`}`;
}

function textOf(option: OptionDeclaration, given: Readonly<Record<string, string>>): string | undefined {
  const used = [option.name, ...option.aliases ?? []].filter((word) => Object.hasOwn(given, word));
  if (used.length > 1) {
    throw new OptionError(option.name, `${used.join(" and ")} are the same option: give one of them`);
  }
  return used.length === 0 ? undefined : given[used[0]];
}

function refuseUnknown(
  declarations: readonly OptionDeclaration[],
  given: Readonly<Record<string, string>>,
): void {
  const known = new Set(declarations.flatMap((option) => [option.name, ...option.aliases ?? []]));
  for (const word of Object.keys(given)) {
    if (known.has(word)) continue;
    const valid = declarations.length === 0
      ? "There are no options here."
      : `Options here: ${declarations.map((option) => option.name).join(", ")}.`;
    throw new OptionError(word, `Unknown option: "${word}". ${valid}`);
  }
}

function valueWithout(option: OptionDeclaration): OptionValue | undefined {
  if (option.type === "flag") return false;
  if (option.default !== undefined) return option.default;
  if (option.required) {
    throw new OptionError(option.name, `Option ${option.name} is missing (${option.help}).`);
  }
}

function readValue(option: OptionDeclaration, text: string, policies?: Policies): OptionValue {
  switch (option.type) {
    case "integer":
      return readInteger(option, text);
    case "choice":
      if (option.values.includes(text)) return text;
      throw unknownParameter(option, text);
    case "policy":
      return policies ? findPolicy(option, text, policies).name : text;
    case "text":
      return readText(option, text);
    case "flag":
      if (text === "" || text === "true") return true;
      if (text === "false") return false;
      throw invalid(option, text);
  }
}

function readInteger(option: IntegerOption, text: string): number {
  const form = option.hexadecimal ? /^(0x)?[0-9a-f]{1,13}$/i : /^-?[0-9]{1,16}$/;
  if (!form.test(text)) throw invalid(option, text);
  const value = parseInt(text, option.hexadecimal ? 16 : 10);
  if (value < option.min || value > option.max) throw invalid(option, text);
  return value === 0 ? 0 : value; // Not −0.
}

function readText(option: TextOption, text: string): string {
  const length = new TextEncoder().encode(text).length;
  if (length === 0 || length > (option.maxBytes ?? MAX_NAME_BYTES) || !isPrintable(text)) {
    throw invalid(option, text);
  }
  return text;
}

function findPolicy(option: PolicyOption, name: string, policies: Policies): PluginDeclaration {
  const found = policies(option.kind).find((policy) =>
    policy.name === name || policy.aliases?.includes(name)
  );
  if (!found) throw unknownParameter(option, name, policies);
  return found;
}

function invalid(option: OptionDeclaration, text: string): OptionError {
  return new OptionError(
    option.name,
    `Invalid value for ${option.name}: "${brief(text)}". It is ${describeValues(option)}.`,
  );
}

function unknownParameter(option: OptionDeclaration, text: string, policies?: Policies): OptionError {
  const valid = describeValues(option, policies);
  return new OptionError(
    option.name,
    `Unknown parameter for ${option.name}: "${brief(text)}". It is ${valid}.`,
  );
}

const brief = (text: string): string => text.length > 60 ? `${text.slice(0, 60)}…` : text;
