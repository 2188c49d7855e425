/**
 * The configuration file's form: TOML, checked. Tables and keys are the reference's (release 0.23.0), plus `plugins`.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import { at, ConfigError, linesOf, parseToml, type Place } from "./config_place.ts";
import { DEFAULT_LIMITS, type UserLimits } from "./shares/limits.ts";
import { proposal } from "../tools/suggest.ts";
import { type Fields, fieldsOf, flag, integer, list, name, optional, text } from "../wire/local/fields.ts";

/** Keys of a name's security files. */
const SECURITY_FILES = [
  "server_enc_file",
  "server_crt_file",
  "server_key_file",
  "client_enc_file",
  "client_crt_file",
  "client_key_file",
] as const;
const NAME_KEYS: readonly string[] = ["lb", "prog", "args", "users", ...SECURITY_FILES];

/** Greatest limit of a user. */
const MAX_LIMIT = 0x7fffffff;

/** Keys of an IPCP's table that are no options of its type. */
export const IPCP_KEYS = ["bootstrap", "enrol", "autobind", "reg", "conn"] as const;

/** `[name.X]`: a service name, the programs bound to it and its security files. */
export interface NameTable extends Readonly<Partial<Record<typeof SECURITY_FILES[number], string>>> {
  readonly lb: string;
  readonly prog: readonly string[];
  readonly args?: readonly string[];
  /** Whose instances of the programs count, beside those of the IRMd's own user and of root. */
  readonly users: readonly string[];
}

/** `[TYPE.X]`: an IPCP. */
export interface IpcpTable {
  readonly bootstrap?: string;
  readonly enrol?: string;
  /** Left out: where another table of the file names this IPCP, or its layer, as the one to enroll with or to connect to. */
  readonly autobind?: boolean;
  readonly reg: readonly string[];
  readonly conn: readonly string[];
  /** All other keys: options of its type. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** The file, checked. */
export interface ConfigFile extends Tables {
  /** Runs `check`; its errors say where in the file they belong. @throws ConfigError */
  explain<T>(check: () => T): T;
  /** Says where in the file a place is. */
  where(place: Place): string;
}

interface Tables {
  readonly plugins: readonly string[];
  /** `[limits]`: of each user of the host. */
  readonly limits: Partial<UserLimits>;
  readonly names: Readonly<Record<string, NameTable>>;
  /** By type, then by name. */
  readonly ipcps: Readonly<Record<string, Readonly<Record<string, IpcpTable>>>>;
}

/**
 * Reads the text of a configuration file.
 *
 * @param path names the file in errors
 * @throws InvalidError that says where and what is wrong
 * @example
 * ```ts
 * import { parseConfig } from "./config_schema.ts";
 * import assert from "node:assert/strict";
 * const config = parseConfig('[local.l1]\nbootstrap = "ll"', "irmd.conf");
 * assert.deepEqual(Object.keys(config.ipcps.local), ["l1"]);
 * ```
 */
export function parseConfig(text: string, path: string): ConfigFile {
  const tables = parseToml(text, path);
  const lineOf = linesOf(text);
  const where = (place: Place) => {
    const line = lineOf(place);
    return `Failed to load config file ${path}${line === undefined ? "" : `: line ${line}`}`;
  };
  const explain = <T>(check: () => T): T => {
    try {
      return at([], check);
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      throw new ConfigError(thrown.place, `${where(thrown.place)}: ${thrown.message}`, thrown);
    }
  };
  return { ...explain(() => readFile(fieldsOf(tables, "the file"))), explain, where };
}

function readFile({ name: names, ...file }: Fields): Tables {
  const { plugins: _plugins, limits, ...types } = file;
  return {
    plugins: reader(file, [])("plugins", (from, key) => list(from, key, Infinity, path)) ?? [],
    limits: limits === undefined ? {} : at(["limits"], () => readLimits(fieldsOf(limits, "limits"))),
    names: names === undefined ? {} : tables(names, "name", readName),
    ipcps: Object.fromEntries(
      Object.entries(types).map(([type, ipcps]) => [type, tables(ipcps, type, readIpcp)]),
    ),
  };
}

/** Reads the tables `[GROUP.X]`; errors name the whole path of a key. */
function tables<T>(
  value: unknown,
  group: string,
  read: (table: Fields, place: Place) => T,
): Record<string, T> {
  const groups = at([group], () => fieldsOf(value, group));
  const entries = Object.entries(groups).map(([key, table]) => {
    const path = `${group}.${key}`;
    const place = [group, key];
    const fields = at(place, () => {
      name({ [path]: key }, path);
      return fieldsOf(table, path);
    });
    try {
      return [key, at(place, () => read(fields, place))];
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      throw new ConfigError(thrown.place, `${path}.${thrown.message}`, thrown);
    }
  });
  return Object.fromEntries(entries);
}

/** Returns what reads the keys of a table. */
const reader =
  (table: Fields, place: Place) => <T>(key: string, read: (from: Fields, key: string) => T): T | undefined =>
    at([...place, key], () => optional(table, key, read));

function readLimits(table: Fields): Partial<UserLimits> {
  const keys = Object.keys(DEFAULT_LIMITS);
  const entries = Object.keys(table).map((key) => {
    return at(["limits", key], () => {
      if (!keys.includes(key)) {
        throw new InvalidError(
          `limits.${key} is no limit of a user${proposal(key, keys)}; there are: ${keys.join(", ")}`,
        );
      }
      return [key, integer({ [`limits.${key}`]: table[key] }, `limits.${key}`, 1, MAX_LIMIT)];
    });
  });
  return Object.fromEntries(entries);
}

function readName(table: Fields, place: Place): NameTable {
  const unknown = Object.keys(table).find((key) => !NAME_KEYS.includes(key));
  if (unknown !== undefined) {
    const meant = proposal(unknown, NAME_KEYS);
    throw new ConfigError(
      [...place, unknown],
      `${unknown} is no key of a name${meant}; there are: ${NAME_KEYS.join(", ")}`,
      undefined,
    );
  }
  const take = reader(table, place);
  const files = SECURITY_FILES.map((key) => [key, take(key, anyText)]);
  return {
    lb: take("lb", name) ?? "spillover",
    prog: take("prog", texts) ?? [],
    args: take("args", (from, key) => list(from, key, Infinity, anyText)),
    users: take("users", texts) ?? [],
    ...Object.fromEntries(files),
  };
}

function readIpcp(table: Fields, place: Place): IpcpTable {
  const take = reader(table, place);
  const others = Object.keys(table).filter((key) => !IPCP_KEYS.some((own) => own === key));
  return {
    bootstrap: take("bootstrap", name),
    enrol: take("enrol", name),
    autobind: take("autobind", flag),
    reg: take("reg", texts) ?? [],
    conn: take("conn", texts) ?? [],
    options: Object.fromEntries(others.map((key) => [key, at([...place, key], () => option(table, key))])),
  };
}

function option(from: Fields, key: string): string | number | boolean | string[] {
  const value = from[key];
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return texts(from, key);
  throw new InvalidError(`${key} must be a text, a number, true or false, or a list of texts`);
}

function path(from: Fields, key: string): string {
  const value = anyText(from, key);
  if (value === "") throw new InvalidError(`${key} must not be empty`);
  return value;
}

const anyText = (from: Fields, key: string): string => text(from, key, Infinity);
const texts = (from: Fields, key: string): string[] => list(from, key, Infinity, name);
