/**
 * Names in certificates (X.501): the common name, and a form for people.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { DerReader, type Element, oidHex, Tag } from "./der.ts";
import { COMMON_NAME, NAME_PARTS } from "./oids.ts";

/** A name. */
export interface DistinguishedName {
  /** As it stands in the certificate: good for comparing. */
  readonly der: Uint8Array;
  /** `CN=…, O=…`, in the order of the certificate, without control characters. */
  readonly text: string;
  /** The first common name, whole; undefined when there is none. */
  readonly commonName: string | undefined;
}

const MAX_PARTS = 64;

/** Reads the next element as a name. @throws ProtocolError */
export function readName(from: DerReader): DistinguishedName {
  const element = from.expect(Tag.SEQUENCE, "a name");
  const sets = new DerReader(element.content);
  const texts: string[] = [];
  let commonName: string | undefined;
  while (!sets.done) {
    const set = sets.enter(Tag.SET, "a part of a name");
    do {
      const pair = set.enter(Tag.SEQUENCE, "a part of a name");
      const type = oidHex(pair.expect(Tag.OID, "the type of a part"));
      const value = textOf(pair.any());
      pair.end("a part of a name");
      if (type === COMMON_NAME) commonName ??= value;
      texts.push(`${NAME_PARTS.get(type) ?? type}=${value.replace(/\p{Cc}/gu, "?")}`);
    } while (!set.done);
    if (texts.length > MAX_PARTS) throw new ProtocolError(`a name has more than ${MAX_PARTS} parts`);
  }
  return { der: element.whole, text: texts.join(", "), commonName };
}

function textOf({ tag, content }: Element): string {
  switch (tag) {
    case Tag.UTF8:
    case Tag.PRINTABLE:
    case Tag.IA5:
      return decoded("utf-8", content);
    case Tag.T61:
      return decoded("latin1", content);
    case Tag.BMP:
      return decoded("utf-16be", content);
    default:
      return `#${content.toHex()}`;
  }
}

function decoded(encoding: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ProtocolError(`a name has text that is not ${encoding}`, { cause });
  }
}
