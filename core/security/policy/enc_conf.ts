/**
 * The file `enc.conf` of a name: lines `key=value`, comments after `#`, and the word `none`. An empty file turns encryption
 * on with the defaults of the reference; `require` and `ca` are ours, and ignored by the reference as every unknown key.
 *
 * @module
 */
import { CryptError } from "../../contract/errors.ts";
import { type Requirement, REQUIREMENTS } from "../../contract/security.ts";
import {
  type Cipher,
  CIPHERS,
  type Digest,
  DIGESTS,
  KEY_EXCHANGES,
  type KeyExchange,
  named,
} from "../algorithms.ts";

/** How flows of a name are encrypted. */
export interface Encryption {
  readonly keyExchange: KeyExchange;
  /** undefined: the file says `none`; the other end has to name one. */
  readonly cipher: Cipher | undefined;
  readonly kdf: Digest;
  /** The client encapsulates for the static key of the server; for KEMs only. */
  readonly clientEncapsulates: boolean;
}

/** What a file says. */
export interface EncConf {
  /** undefined: it asks for no key exchange. */
  readonly encryption: Encryption | undefined;
  /** Digest for the own signatures and for the hash of requests; undefined: the defaults of key and protocol. */
  readonly digest: Digest | undefined;
  /** What the other end must bring. */
  readonly require: ReadonlySet<Requirement>;
  /** File with certificates of the authorities that the other end's certificate must come from, as written. */
  readonly authorities: string | undefined;
  /** Lines with keys that are not known, for the log. */
  readonly ignored: readonly string[];
}

/** What goes for a name without file. */
export const NO_ENC_CONF: EncConf = {
  encryption: undefined,
  digest: undefined,
  require: new Set(),
  authorities: undefined,
  ignored: [],
};

/** What goes when the file is there and empty. */
export const DEFAULT_ENCRYPTION: Encryption = {
  keyExchange: named(KEY_EXCHANGES, "prime256v1"),
  cipher: named(CIPHERS, "aes-256-gcm"),
  kdf: named(DIGESTS, "sha256"),
  clientEncapsulates: false,
};
/** Digest for signatures where a file or an application turns encryption on and names none. */
export const DEFAULT_DIGEST: Digest = named(DIGESTS, "sha256");

const MAX_CHARACTERS = 65_536;

/**
 * Reads a file.
 *
 * @param file how errors call it
 * @throws CryptError that names file and line, for a value that is not known and for a line that is none of the grammar
 *
 * @example
 * ```ts
 * import { parseEncConf } from "./enc_conf.ts";
 * import assert from "node:assert/strict";
 * const { encryption } = parseEncConf("kex=X25519 # fast\n", "server/x/enc.conf");
 * assert.deepEqual([encryption?.keyExchange.name, encryption?.cipher?.name], ["X25519", "aes-256-gcm"]);
 * assert.throws(() => parseEncConf("\nkex=rot13", "server/x/enc.conf"), /server\/x\/enc.conf, line 2: /);
 * ```
 */
export function parseEncConf(text: string, file: string): EncConf {
  if (text.length > MAX_CHARACTERS) {
    throw new CryptError(`${file} has more than ${MAX_CHARACTERS} characters`);
  }
  let encryption: Encryption = DEFAULT_ENCRYPTION;
  let digest: Digest = DEFAULT_DIGEST;
  let none = false;
  let authorities: string | undefined;
  const require = new Set<Requirement>();
  const ignored: string[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.split("#", 1)[0].trim();
    const where = `${file}, line ${index + 1}`;
    if (line === "") continue;
    if (line === "none") {
      none = true;
      continue;
    }
    const split = line.indexOf("=");
    if (split < 0) throw new CryptError(`${where}: "${shown(line)}" is neither key=value nor none`);
    const key = line.slice(0, split).trim();
    const value = line.slice(split + 1).trim();
    switch (key) {
      case "kex":
        encryption = { ...encryption, keyExchange: choice(KEY_EXCHANGES, key, value, where) };
        break;
      case "cipher":
        encryption = {
          ...encryption,
          cipher: value === "none" ? undefined : choice(CIPHERS, key, value, where),
        };
        break;
      case "kdf":
        encryption = { ...encryption, kdf: choice(DIGESTS, key, value, where) };
        break;
      case "digest":
        digest = choice(DIGESTS, key, value, where);
        break;
      case "kem_mode":
        encryption = {
          ...encryption,
          clientEncapsulates: word(["server", "client"], key, value, where) === 1,
        };
        break;
      case "require":
        for (const one of value.split(",")) {
          require.add(REQUIREMENTS[word(REQUIREMENTS, key, one.trim(), where)]);
        }
        break;
      case "ca":
        if (value === "") throw new CryptError(`${where}: ca names no file`);
        authorities = value;
        require.add("certificate");
        break;
      default:
        ignored.push(`${where}: ${shown(key)}`);
    }
  }
  if (none && require.has("encryption")) {
    throw new CryptError(`${file} says none and requires encryption; take one of the two out`);
  }
  return none
    ? { ...NO_ENC_CONF, require, authorities, ignored }
    : { encryption, digest, require, authorities, ignored };
}

function choice<A extends { readonly name: string }>(
  all: readonly A[],
  key: string,
  value: string,
  where: string,
): A {
  return all[word(all.map(({ name }) => name), key, value, where)];
}

/** Returns the place of a word among those allowed. */
function word(allowed: readonly string[], key: string, value: string, where: string): number {
  const index = allowed.indexOf(value);
  if (index >= 0) return index;
  throw new CryptError(
    `${where}: ${key} cannot be "${shown(value)}"; it can be ${allowed.join(", ")}`,
  );
}

/** Text of a file as it goes into a message. */
const shown = (text: string): string => text.slice(0, 60).replace(/\p{Cc}/gu, "?");
