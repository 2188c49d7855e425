/**
 * The keys of a configuration file, each declared once: reading, the manual page irmd.conf(5) and the example come from these rows.
 * Those of IPCPs have the options of their type beside them, which the types declare.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { type Fields, fieldsOf, flag, list, name, text } from "../../wire/local/fields.ts";
import { proposal } from "../../tools/suggest.ts";
import type { UserLimits } from "../shares/limits.ts";

/** Where the packages of this host keep the file. `irmd` reads it when `--config` names it. */
export const CONFIG_FILE = "/etc/ouroboros/irmd.conf";

/** A key of a table. */
export interface Key<T> {
  readonly word: string;
  /** What its value is, after "a" or "an". */
  readonly is: string;
  /** What it does, in whole sentences. */
  readonly help: string;
  /** A value for the example, in TOML. */
  readonly sample: string;
  /** Reads the value. @throws InvalidError */
  readonly read: (from: Fields, key: string) => T;
  /** The reference does not have it. */
  readonly ours?: true;
}

/** A program in a name's `prog`. */
export interface ProgramEntry {
  readonly path: string;
  readonly args?: readonly string[];
  /** It is started with the arguments when none accepts; left out: where there are some. */
  readonly auto?: boolean;
  readonly users?: readonly string[];
}

/** A member in an IPCP's `conn`. */
export interface ConnectionEntry {
  readonly dst: string;
  readonly comp: string;
  readonly qos?: string;
}

const anyText = (from: Fields, key: string): string => text(from, key, Infinity);
const texts = (from: Fields, key: string): string[] => list(from, key, Infinity, name);

function path(from: Fields, key: string): string {
  const value = anyText(from, key);
  if (value === "") throw new InvalidError(`${key} must not be empty`);
  return value;
}

function absolutePath(from: Fields, key: string): string {
  const value = path(from, key);
  if (!value.startsWith("/")) throw new InvalidError(`${key} must be an absolute path; it is "${value}"`);
  return value;
}

/** Checks that a table has no other keys than these. @throws InvalidError with the one that it has, by `wrong` */
export function checkKeys(
  table: Fields,
  known: readonly string[],
  what: string,
  wrong: (key: string, error: string) => Error,
): void {
  const unknown = Object.keys(table).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const meant = proposal(unknown, known);
  throw wrong(unknown, `${unknown} is no key of ${what}${meant}; there are: ${known.join(", ")}`);
}

/** Reads an entry that is a text, or a table with these keys. */
function entry<T>(
  readText: (from: Fields, key: string) => string,
  ofText: (text: string) => T,
  known: readonly string[],
  ofTable: (table: Fields, at: string) => T,
): (from: Fields, key: string) => T {
  return (from, key) => {
    if (typeof from[key] === "string") return ofText(readText(from, key));
    if (typeof from[key] !== "object") throw new InvalidError(`${key} must be a text or a table`);
    const table = fieldsOf(from[key], key);
    checkKeys(table, known, key, (_, error) => new InvalidError(error));
    return ofTable(table, key);
  };
}

const given = <T>(table: Fields, key: string, read: (from: Fields, key: string) => T): T | undefined =>
  table[key] === undefined ? undefined : read(table, key);

const program = entry<ProgramEntry>(
  absolutePath,
  (path) => ({ path }),
  ["path", "args", "auto", "users"],
  (table) => ({
    path: absolutePath(table, "path"),
    args: given(table, "args", (from, key) => list(from, key, Infinity, anyText)),
    auto: given(table, "auto", flag),
    users: given(table, "users", texts),
  }),
);

const connection = entry<ConnectionEntry>(
  name,
  (dst) => ({ dst, comp: "*" }),
  ["dst", "comp", "qos"],
  (table) => ({
    dst: name(table, "dst"),
    comp: given(table, "comp", name) ?? "*",
    qos: given(table, "qos", name),
  }),
);

const securityFile = <const W extends string>(word: W, help: string): Key<string> & { readonly word: W } => {
  const [side, kind] = word.split("_");
  const file = kind === "enc" ? "enc.conf" : `${kind}.pem`;
  return {
    word,
    is: "text",
    help: `${help}, in place of the one in the security folder.`,
    sample: `"/etc/ouroboros/security/${side}/oping.secure/${file}"`,
    read: absolutePath,
  };
};

/** Keys that stand before the first table. */
export const FILE_KEYS = {
  plugins: {
    word: "plugins",
    is: "list of texts",
    help:
      "Files of plugins to load. A path that does not begin with / is relative to the folder of this file.",
    sample: '["plugins/fnv_hash.ts"]',
    read: (from, key) => list(from, key, Infinity, path),
    ours: true,
  },
  rib: {
    word: "rib",
    is: "text",
    help:
      "Folder at which what IPCPs know and count is mounted as files, as with --rib. It is relative as plugins are.",
    sample: '"/tmp/ouroboros"',
    read: path,
    ours: true,
  },
} as const satisfies Record<string, Key<unknown>>;

/** Keys of `[name.X]`. */
export const NAME_KEYS = {
  lb: {
    word: "lb",
    is: "text",
    help:
      "Which process gets the next flow: spill, who has asked last, or round-robin, or the policy of a plugin.",
    sample: '"spill"',
    read: name,
  },
  prog: {
    word: "prog",
    is: "list of texts",
    help: "Absolute paths of programs whose processes accept flows for the name. An entry may be a table: " +
      '{ path = "/bin/server", args = ["-d", "a b"], users = ["alice"] }; with args, it is started when no process accepts.',
    sample: '["/usr/bin/oping"]',
    read: (from, key) => list(from, key, Infinity, program),
  },
  args: {
    word: "args",
    is: "list of texts",
    help:
      "Arguments of the programs, in the order of prog, split at spaces. A program that has an entry is started " +
      "when a flow is asked for and no process accepts.",
    sample: '["--listen"]',
    read: (from, key) => list(from, key, Infinity, anyText),
  },
  users: {
    word: "users",
    is: "list of texts",
    help:
      "Users whose processes of the programs count, too, beside those of the user of the IRMd and of root. " +
      "Each is a name or a number.",
    sample: '["alice"]',
    read: texts,
    ours: true,
  },
  create: {
    word: "create",
    is: "true or false",
    help: "false: the programs are bound, and the name is not made.",
    sample: "true",
    read: flag,
    ours: true,
  },
  server_enc_file: securityFile("server_enc_file", "What servers of the name offer and demand of encryption"),
  server_crt_file: securityFile("server_crt_file", "The certificate of servers"),
  server_key_file: securityFile("server_key_file", "The private key of servers"),
  client_enc_file: securityFile("client_enc_file", "What clients of the name offer and demand of encryption"),
  client_crt_file: securityFile("client_crt_file", "The certificate of clients"),
  client_key_file: securityFile("client_key_file", "The private key of clients"),
} as const satisfies Record<string, Key<unknown>>;

/** Keys of a name's security files, and what the control protocol calls them. */
export const SECURITY_FILES = {
  server_enc_file: "sencpath",
  server_crt_file: "scrtpath",
  server_key_file: "skeypath",
  client_enc_file: "cencpath",
  client_crt_file: "ccrtpath",
  client_key_file: "ckeypath",
} as const satisfies Partial<Record<keyof typeof NAME_KEYS, string>>;

/** Keys of an IPCP's table that are no options of its type. */
export const IPCP_KEYS = {
  bootstrap: {
    word: "bootstrap",
    is: "text",
    help: "Makes the layer of this name, as its first member.",
    sample: '"LAYER"',
    read: name,
  },
  enrol: {
    word: "enrol",
    is: "text",
    help: "Enters the layer of the member that accepts flows for this name; it counts more than bootstrap. " +
      "With neither, the IPCP is only created. (unicast, broadcast)",
    sample: '"NAME"',
    read: name,
  },
  layer: {
    word: "layer",
    is: "text",
    help: "With enrol: the layer that this must be.",
    sample: '"LAYER"',
    read: name,
    ours: true,
  },
  conn: {
    word: "conn",
    is: "list of texts",
    help:
      "Connects to these members, for management and for data, once it is in its layer. An entry may be a table: " +
      '{ dst = "NAME", comp = "mgmt", qos = "raw" }, where comp is mgmt or dt.',
    sample: '["NAME"]',
    read: (from, key) => list(from, key, Infinity, connection),
  },
  autobind: {
    word: "autobind",
    is: "true or false",
    help:
      "Binds it to its own name and to that of its layer. Left out: where another table of the file enrolls with it " +
      "or connects to it.",
    sample: "true",
    read: flag,
  },
  bind: {
    word: "bind",
    is: "list of texts",
    help: "Binds it to these names.",
    sample: '["NAME"]',
    read: texts,
    ours: true,
  },
  reg: {
    word: "reg",
    is: "list of texts",
    help: "Makes these names known in its layer.",
    sample: '["NAME"]',
    read: texts,
  },
} as const satisfies Record<string, Key<unknown>>;

/** What each limit of `[limits]` is about. */
export const LIMITS: Readonly<Record<keyof UserLimits, string>> = {
  connections: "Control connections",
  messages: "Messages a second; one that asks for a flow counts as several",
  bytes:
    "Bytes that wait in the IRMd: answers that are not read, messages that are not complete, options of calls",
  allocations: "Allocations of flows under way",
  calls: "Calls that wait, of accept above all",
  flows: "Flows that were asked for",
  accepted: "Flows that were accepted",
  lines: "Lines of the log a minute",
};

/** What a table with two words in its name is about. */
export const GROUPS = {
  name: "a name that programs accept flows for",
  limits: "what each user of the host may have at most; root and the user of the IRMd are not limited",
} as const;
