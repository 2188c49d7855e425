/**
 * Checks that something a third party's file exports is a plugin, field by field.
 *
 * @module
 */
import { asOuroError, InvalidError, PluginError } from "../contract/errors.ts";
import type { PacketFormats } from "../contract/formats.ts";
import {
  type AnyPlugin,
  type IpcpAbility,
  PLUGIN_API_VERSION,
  type PluginDeclaration,
} from "../contract/plugin.ts";
import { PLUGIN_KINDS, type PluginKind } from "../contract/plugin_kind.ts";
import { type Fields, fieldsOf, flag, integer, list, optional, text } from "../wire/local/fields.ts";
import { checkDeclaredOptions } from "./check_declared_options.ts";
import { oneOf, word } from "./words.ts";

const ABILITIES: readonly IpcpAbility[] = ["enrol", "connect", "join"];
const MAX_LIST = 100;
const MAX_LINE = 300;
const MAX_ORDER = 1_000_000;
/** The code after it stands for policies that have none. */
const MAX_CODE = 254;

/** Words that `irm`, and tables of IPCPs in a configuration file, keep for themselves wherever options are given. */
const RESERVED = ["type", "layer", "name", "autobind", "bootstrap", "enrol", "conn", "bind", "reg"];

/**
 * Checks that the value is a plugin.
 *
 * @param origin where it comes from, for the error
 * @throws PluginError naming the origin, the plugin where it has a name, and what is wrong
 */
export function checkPlugin(value: unknown, origin: string): AnyPlugin {
  let label = origin;
  try {
    const fields = fieldsOf(value, "a plugin");
    label = labelOf(fields, origin);
    // First, as a contract to come may know kinds that this one does not.
    if (isNewer(fields)) checkVersion(fields);
    oneOf(fields, "kind", PLUGIN_KINDS);
    word(fields, "name");
    checkVersion(fields);
    readDeclaration(fields, RESERVED);
    checkInner(fields);
    if (typeof fields.create !== "function") throw new InvalidError("create must be a function");
    if (!["function", "undefined"].includes(typeof fields.formats)) {
      throw new InvalidError("formats must be a function");
    }
    // Every field was checked above; what create returns is checked when it is called.
    return value as AnyPlugin;
  } catch (thrown) {
    // Getters and proxies of a third party may throw anything.
    const { message } = asOuroError(thrown);
    throw new PluginError(`${label} is not a plugin that can be used: ${message}`, { cause: thrown });
  }
}

/** Checks that the value is what a plugin tells of its packets. @throws InvalidError when it has no function that describes */
export function packetFormats(value: unknown): PacketFormats {
  if (typeof fieldsOf(value, "formats").describe !== "function") {
    throw new InvalidError("formats must give an object with a function describe");
  }
  // What its functions return is used as text only.
  return value as PacketFormats;
}

/** Returns how errors and lists name a plugin. */
export function pluginLabel(
  { kind, name }: { readonly kind: string; readonly name: string },
  origin: string,
): string {
  return `${kind} "${name}" (${origin})`;
}

/** Names a plugin as far as it has names. */
const labelOf = ({ kind, name }: Fields, origin: string): string =>
  isShort(kind) && isShort(name) ? pluginLabel({ kind, name }, origin) : origin;
const isShort = (value: unknown): value is string =>
  typeof value === "string" && /^[\w.-]{1,63}$/.test(value);

const isNewer = ({ apiVersion }: Fields): boolean =>
  typeof apiVersion === "number" && apiVersion > PLUGIN_API_VERSION;

function checkVersion(fields: Fields): void {
  if (fields.apiVersion === PLUGIN_API_VERSION) return;
  const found = JSON.stringify(fields.apiVersion) ?? "missing";
  const why = isNewer(fields) ? ": it was written for a later one" : "";
  throw new InvalidError(
    `its apiVersion is ${found}, and this version of ouro wants ${PLUGIN_API_VERSION}${why}`,
  );
}

/** Reads the version that a plugin has by itself: what stands in front of the first dot counts most. */
function version(from: Fields, key: string): string {
  const value = text(from, key, MAX_LINE);
  if (/^\d{1,6}(\.\d{1,6}){0,3}([-+][\w.+-]{1,32})?$/.test(value)) return value;
  throw new InvalidError(`${key} must be numbers with dots between them, such as "1.2.0"; it is "${value}"`);
}

/** Checks what is no matter of lists. */
function checkInner(fields: Fields): void {
  optional(fields, "program", word);
  optional(fields, "internal", flag);
  optional(fields, "networks", flag);
  optional(
    fields,
    "uses",
    (from, key) => list(from, key, PLUGIN_KINDS.length, (of, at) => oneOf<PluginKind>(of, at, PLUGIN_KINDS)),
  );
  optional(fields, "code", (from, key) => integer(from, key, 0, MAX_CODE));
}

/**
 * Reads what lists and command lines need of a declaration.
 *
 * @param reserved words that options may not use
 * @throws InvalidError that says what is wrong
 */
export function readDeclaration(fields: Fields, reserved: readonly string[] = []): PluginDeclaration {
  const words = (from: Fields, key: string) => list(from, key, MAX_LIST, word);
  const abilities = (from: Fields, key: string) =>
    list(from, key, ABILITIES.length, (of, at) => oneOf(of, at, ABILITIES));
  const order = (from: Fields, key: string) => integer(from, key, 0, MAX_ORDER);
  const options = list(fields, "options", MAX_LIST, (from, key) => fieldsOf(from[key], key));
  checkDeclaredOptions(options, reserved);
  const description = text(fields, "description", MAX_LINE);
  if (/\n/.test(description)) throw new InvalidError("description must be one line");
  return {
    kind: oneOf(fields, "kind", PLUGIN_KINDS),
    name: word(fields, "name"),
    aliases: optional(fields, "aliases", words),
    apiVersion: order(fields, "apiVersion"),
    version: optional(fields, "version", version),
    description,
    options,
    abilities: optional(fields, "abilities", abilities),
    position: optional(fields, "position", order),
    rank: optional(fields, "rank", order),
  };
}
