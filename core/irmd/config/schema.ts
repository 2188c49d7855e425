/**
 * The configuration file's form: TOML, checked against the keys that are declared. Tables and keys are the reference's (release 0.23.0),
 * and those that the declarations call ours.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { type Fields, fieldsOf, integer, list, name, optional } from "../../wire/local/fields.ts";
import { proposal } from "../../tools/suggest.ts";
import type { UserLimits } from "../shares/limits.ts";
import {
  checkKeys,
  type ConnectionEntry,
  FILE_KEYS,
  IPCP_KEYS,
  type Key,
  LIMITS,
  NAME_KEYS,
  type ProgramEntry,
  SECURITY_FILES,
} from "./keys.ts";
import { at, ConfigError, type Place, readToml, type TomlFile, tomlKey } from "./toml.ts";

/** Greatest limit of a user. */
const MAX_LIMIT = 0x7fffffff;

/** `[name.X]`: a service name, the programs bound to it and its security files. */
export interface NameTable {
  readonly create: boolean;
  readonly lb: string;
  readonly prog: readonly ProgramEntry[];
  readonly args: readonly string[];
  /** Whose instances of the programs count, beside those of the IRMd's own user and of root. */
  readonly users: readonly string[];
  /** Its security files, by the words of the control protocol. */
  readonly paths: Readonly<Record<string, string>>;
}

/** `[TYPE.X]`: an IPCP. */
export interface IpcpTable {
  readonly bootstrap?: string;
  readonly enrol?: string;
  readonly layer?: string;
  /** Left out: where another table of the file names this IPCP, or its layer, as the one to enroll with or to connect to. */
  readonly autobind?: boolean;
  readonly reg: readonly string[];
  readonly conn: readonly ConnectionEntry[];
  readonly bind: readonly string[];
  /** All other keys: options of its type. */
  readonly options: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/** The file, checked. */
export interface ConfigFile extends Tables, Omit<TomlFile, "tables"> {}

interface Tables {
  /** As the file has them: relative paths are relative to it. */
  readonly plugins: readonly string[];
  /** Folder at which the RIB is mounted. */
  readonly rib?: string;
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
 * import { parseConfig } from "./schema.ts";
 * import assert from "node:assert/strict";
 * const config = parseConfig('[local.l1]\nbootstrap = "ll"', "irmd.conf");
 * assert.deepEqual(Object.keys(config.ipcps.local), ["l1"]);
 * ```
 */
export function parseConfig(text: string, path: string): ConfigFile {
  const { tables, explain, where } = readToml(text, path, "config file");
  return { ...explain(() => readFile(fieldsOf(tables, "the file"))), explain, where };
}

function readFile({ name: names, ...file }: Fields): Tables {
  const { plugins: _plugins, rib: _rib, limits, ...types } = file;
  return {
    plugins: taker(file, [])(FILE_KEYS.plugins) ?? [],
    rib: taker(file, [])(FILE_KEYS.rib),
    limits: limits === undefined ? {} : at(["limits"], () => readLimits(tableOf(limits, "limits"))),
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
  const groups = at([group], () => tableOf(value, group, Object.keys(FILE_KEYS)));
  const entries = Object.entries(groups).map(([key, table]) => {
    const path = `${group}.${tomlKey(key)}`;
    const place = [group, key];
    const fields = at(place, () => {
      name({ [path]: key }, path);
      return tableOf(table, path);
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

/** @param words which may have been meant that are no tables */
function tableOf(value: unknown, what: string, words: readonly string[] = []): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date)) {
    return fieldsOf(value, what);
  }
  const such = what.includes(".") || what === "limits" ? what : `${what}.NAME`;
  throw new InvalidError(`${what} must be a table, such as: [${such}]${proposal(what, words)}`);
}

/** Returns what reads the keys of a table. */
export const taker = (table: Fields, place: Place) => <T>({ word, read }: Key<T>): T | undefined =>
  at([...place, word], () => optional(table, word, read));

function readLimits(table: Fields): Partial<UserLimits> {
  const keys = Object.keys(LIMITS);
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
  checkKeys(
    table,
    Object.keys(NAME_KEYS),
    "a name",
    (key, error) => new ConfigError([...place, key], error, undefined),
  );
  const take = taker(table, place);
  const paths = Object.values(NAME_KEYS).flatMap((key) => {
    const word = Object.entries(SECURITY_FILES).find(([own]) => own === key.word)?.[1];
    const path = word === undefined ? undefined : take<unknown>(key);
    return path === undefined ? [] : [[word, path]];
  });
  const { create, lb, prog, args, users } = NAME_KEYS;
  return {
    create: take(create) ?? true,
    lb: take(lb) ?? "spillover",
    prog: take(prog) ?? [],
    args: take(args) ?? [],
    users: take(users) ?? [],
    paths: Object.fromEntries(paths),
  };
}

function readIpcp(table: Fields, place: Place): IpcpTable {
  const take = taker(table, place);
  const others = Object.keys(table).filter((key) => !Object.hasOwn(IPCP_KEYS, key));
  const { bootstrap, enrol, layer, autobind, reg, conn, bind } = IPCP_KEYS;
  return {
    bootstrap: take(bootstrap),
    enrol: take(enrol),
    layer: take(layer),
    autobind: take(autobind),
    reg: take(reg) ?? [],
    conn: take(conn) ?? [],
    bind: take(bind) ?? [],
    options: Object.fromEntries(others.map((key) => [key, at([...place, key], () => option(table, key))])),
  };
}

/** Reads the value of an option. @throws InvalidError for a table, a date and such */
export function option(from: Fields, key: string): string | number | boolean | string[] {
  const value = from[key];
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return list(from, key, Infinity, name);
  throw new InvalidError(`${key} must be a text, a number, true or false, or a list of texts`);
}
