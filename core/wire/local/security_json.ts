/**
 * Security in the control protocol (docs/local-protocol.md): what an application asks of a flow, and what it gets.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import {
  CIPHER_NAMES,
  DIGEST_NAMES,
  type FlowKey,
  type FlowSecurity,
  KEY_EXCHANGE_NAMES,
  type PeerCertificate,
  REQUIREMENTS,
  type SecurityOptions,
} from "../../contract/security.ts";
import { bytes, type Fields, fieldsOf, hex, list, optional, text } from "./fields.ts";

/** Longest text of certificates or of a key, in bytes: a message has 64 KB. */
const MAX_PEM = 16_384;
const MAX_SUBJECT = 4096;
const KEY_BYTES = 32;
const ROLES = ["client", "server"] as const;

/** Returns what goes into `flow.allocate` and `flow.accept`. */
export const securityOptionsToJson = (options: SecurityOptions): Record<string, unknown> => ({ ...options });

/**
 * Reads what an application asks in field `key`; undefined when it is left out.
 *
 * @throws InvalidError that names the field at fault, or one that is not known: a wish that is misspelt must not be passed over
 */
export function securityOptionsFromJson(from: Fields, key: string): SecurityOptions | undefined {
  if (from[key] === undefined || from[key] === null) return undefined;
  const fields = fieldsOf(from[key], key);
  const unknown = Object.keys(fields).find((field) => !OPTION_FIELDS.has(field));
  if (unknown !== undefined) {
    throw new InvalidError(
      `${key} has no field "${unknown.slice(0, 60)}"; there are ${[...OPTION_FIELDS].join(", ")}`,
    );
  }
  return optionsIn(fields);
}

function optionsIn(fields: Fields): SecurityOptions {
  const pem = (field: string) => optional(fields, field, (of, one) => text(of, one, MAX_PEM));
  return {
    keyExchange: optional(fields, "keyExchange", (of, one) => word(of, one, KEY_EXCHANGE_NAMES)),
    cipher: optional(fields, "cipher", (of, one) => word(of, one, CIPHER_NAMES)),
    kdf: optional(fields, "kdf", (of, one) => word(of, one, DIGEST_NAMES)),
    digest: optional(fields, "digest", (of, one) => word(of, one, DIGEST_NAMES)),
    require: optional(
      fields,
      "require",
      (of, one) => list(of, one, REQUIREMENTS.length, (inner, at) => word(inner, at, REQUIREMENTS)),
    ),
    authorities: pem("authorities"),
    certificate: pem("certificate"),
    privateKey: pem("privateKey"),
  };
}

/** Reading nothing tells which fields there are. */
const OPTION_FIELDS: ReadonlySet<string> = new Set(Object.keys(optionsIn({})));

/** Returns what goes into the results of `flow.allocate` and `flow.accept`; undefined for a flow in clear with nobody known. */
export function flowSecurityToJson({ encryption, peer }: FlowSecurity): Record<string, unknown> | undefined {
  if (!encryption && !peer) return undefined;
  return {
    ...encryption ? { encryption: { ...encryption, key: encryption.key.toBase64() } } : {},
    ...peer ? { peer: { ...peer } } : {},
  };
}

/** Reads field `key` of a result; left out: in clear, nobody known. @throws InvalidError */
export function flowSecurityFromJson(from: Fields, key: string): FlowSecurity {
  if (from[key] === undefined || from[key] === null) return { encryption: undefined, peer: undefined };
  const fields = fieldsOf(from[key], key);
  return { encryption: optional(fields, "encryption", readKey), peer: optional(fields, "peer", readPeer) };
}

function readKey(from: Fields, field: string): FlowKey {
  const fields = fieldsOf(from[field], field);
  const key = bytes(fields, "key", KEY_BYTES);
  if (key.length !== KEY_BYTES) {
    throw new InvalidError(`key must have ${KEY_BYTES} bytes; it has ${key.length}`);
  }
  return { cipher: word(fields, "cipher", CIPHER_NAMES), key, role: word(fields, "role", ROLES) };
}

function readPeer(from: Fields, field: string): PeerCertificate {
  const fields = fieldsOf(from[field], field);
  const { expires } = fields;
  if (typeof expires !== "number" || !Number.isFinite(expires)) {
    throw new InvalidError("expires must be a number");
  }
  return {
    name: text(fields, "name", MAX_SUBJECT),
    subject: text(fields, "subject", MAX_SUBJECT),
    issuer: text(fields, "issuer", MAX_SUBJECT),
    fingerprint: hex(fields, "fingerprint", 32),
    expires,
  };
}

/** One of the words of a list. */
function word<W extends string>(from: Fields, key: string, words: readonly W[]): W {
  const value = text(from, key);
  const found = words.find((one) => one === value);
  if (found === undefined) {
    throw new InvalidError(
      `${key} cannot be ${JSON.stringify(value.slice(0, 60))}; it can be ${words.join(", ")}`,
    );
  }
  return found;
}
