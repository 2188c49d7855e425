/**
 * The configuration file's form: TOML, checked. Tables and keys are the reference's (release 0.23.0), plus `plugins`.
 *
 * @module
 */
import { parse, TomlError } from "smol-toml";
import * as v from "valibot";
import { InvalidError } from "../contract/errors.ts";

const name = v.pipe(v.string(), v.minLength(1), v.maxBytes(255));
const scalar = v.union([v.string(), v.number(), v.boolean()]);

/** `[name.X]`: a service name, the programs bound to it and its security files. */
const nameTable = v.strictObject({
  lb: v.optional(name, "spillover"),
  prog: v.optional(v.array(name), []),
  args: v.optional(v.array(v.string())),
  server_enc_file: v.optional(v.string()),
  server_crt_file: v.optional(v.string()),
  server_key_file: v.optional(v.string()),
  client_enc_file: v.optional(v.string()),
  client_crt_file: v.optional(v.string()),
  client_key_file: v.optional(v.string()),
});

/** `[TYPE.X]`: an IPCP; all other keys are options of its type. */
const ipcpTable = v.objectWithRest({
  bootstrap: v.optional(name),
  enrol: v.optional(name),
  autobind: v.optional(v.boolean(), false),
  reg: v.optional(v.array(name), []),
  conn: v.optional(v.array(name), []),
}, v.union([scalar, v.array(name)]));

const file = v.objectWithRest({
  plugins: v.optional(v.array(v.pipe(v.string(), v.minLength(1))), []),
  name: v.optional(v.record(name, nameTable), {}),
}, v.record(name, ipcpTable));

/** A service name of the file. */
export type NameTable = v.InferOutput<typeof nameTable>;
/** An IPCP of the file. */
export type IpcpTable = v.InferOutput<typeof ipcpTable>;
/** The file, checked; besides `plugins` and `name`, each key is a type of IPCP. */
export type ConfigFile = v.InferOutput<typeof file>;

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
 * assert.deepEqual(Object.keys(config.local), ["l1"]);
 * ```
 */
export function parseConfig(text: string, path: string): ConfigFile {
  let tables: unknown;
  try {
    tables = parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    const reason = thrown.message.split("\n")[0].replace(/^Invalid TOML document: /, "");
    throw new InvalidError(`Failed to parse config file ${path}: line ${thrown.line}: ${reason}`, {
      cause: thrown,
    });
  }
  const checked = v.safeParse(file, tables);
  if (checked.success) return checked.output;
  const issue = checked.issues[0];
  const where = v.getDotPath(issue) ?? "the file";
  throw new InvalidError(`Failed to load config file ${path}: ${where}: ${issue.message}`);
}
