/**
 * Extensions of certificates, as far as they decide what a certificate is good for.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { contextTag, DerReader, oidHex, smallInteger, Tag } from "./der.ts";
import { Extension, FLOW_PURPOSES } from "./oids.ts";

/** What they say. */
export interface Extensions {
  /** Are there any? Certificates of version 1 have none. */
  readonly present: boolean;
  /** May it issue others? */
  readonly authority: boolean;
  /** How many authorities may stand below it; undefined: any number. */
  readonly pathLength: number | undefined;
  /** May its key sign messages? */
  readonly signsMessages: boolean;
  /** May its key sign certificates? */
  readonly signsCertificates: boolean;
  /** Is it for proving who is at the end of a flow? */
  readonly forFlows: boolean;
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  /** A critical extension that is not known here: the certificate must not be used. */
  readonly unknown: string | undefined;
}

/** Of a certificate without extensions. */
export const NO_EXTENSIONS: Extensions = {
  present: false,
  authority: false,
  pathLength: undefined,
  signsMessages: true,
  signsCertificates: true,
  forFlows: true,
  subjectKeyId: undefined,
  authorityKeyId: undefined,
  unknown: undefined,
};

const PASSED_OVER: ReadonlySet<string> = new Set([Extension.SUBJECT_ALT_NAME, Extension.POLICIES]);
const MAX_EXTENSIONS = 64;

/** Reads a SEQUENCE of extensions. @throws ProtocolError when one is malformed, or there twice */
export function readExtensions(from: DerReader): Extensions {
  const list = from.enter(Tag.SEQUENCE, "extensions");
  from.end("extensions");
  const seen = new Set<string>();
  let found: Extensions = { ...NO_EXTENSIONS, present: true };
  while (!list.done) {
    const extension = list.enter(Tag.SEQUENCE, "an extension");
    const type = oidHex(extension.expect(Tag.OID, "the type of an extension"));
    const critical = extension.optional(Tag.BOOLEAN)?.content[0] === 0xff;
    const value = new DerReader(extension.expect(Tag.OCTET_STRING, "the value of an extension").content);
    extension.end("an extension");
    if (seen.has(type) || seen.size === MAX_EXTENSIONS) {
      throw new ProtocolError(`a certificate has the extension ${type} twice, or too many`);
    }
    seen.add(type);
    const part = partOf(type, value);
    if (part) found = { ...found, ...part };
    else if (critical && !PASSED_OVER.has(type)) found = { ...found, unknown: type };
  }
  return found;
}

function partOf(type: string, value: DerReader): Partial<Extensions> | undefined {
  switch (type) {
    case Extension.BASIC_CONSTRAINTS:
      return basicConstraints(value.enter(Tag.SEQUENCE, "the basic constraints"));
    case Extension.KEY_USAGE: {
      const [, bits = 0] = value.expect(Tag.BIT_STRING, "the key usage").content;
      return { signsMessages: (bits & 0x80) !== 0, signsCertificates: (bits & 0x04) !== 0 };
    }
    case Extension.EXTENDED_KEY_USAGE: {
      const purposes = value.enter(Tag.SEQUENCE, "the extended key usage");
      let forFlows = false;
      while (!purposes.done) {
        if (FLOW_PURPOSES.has(oidHex(purposes.expect(Tag.OID, "a purpose")))) forFlows = true;
      }
      return { forFlows };
    }
    case Extension.SUBJECT_KEY_ID:
      return { subjectKeyId: value.expect(Tag.OCTET_STRING, "the key id").content.toHex() };
    case Extension.AUTHORITY_KEY_ID: {
      const id = value.enter(Tag.SEQUENCE, "the authority's key id").optional(contextTag(0, false));
      return { authorityKeyId: id?.content.toHex() };
    }
    default:
      return undefined;
  }
}

function basicConstraints(value: DerReader): Partial<Extensions> {
  const authority = value.optional(Tag.BOOLEAN)?.content[0] === 0xff;
  const length = value.optional(Tag.INTEGER);
  return { authority, pathLength: length && smallInteger(length) };
}
