/**
 * Reads X.509 certificates (RFC 5280).
 *
 * @module
 */
import { sameBytes } from "../../kit/bytes.ts";
import { ProtocolError } from "../../contract/errors.ts";
import { bitString, contextTag, DerReader, type Element, smallInteger, Tag } from "./der.ts";
import { type DistinguishedName, readName } from "./distinguished_name.ts";
import { type Extensions, NO_EXTENSIONS, readExtensions } from "./extensions.ts";
import type { KeyKind } from "./oids.ts";
import { keyKindOf } from "./public_key_info.ts";
import { type CertificateSignature, readSignatureForm } from "./signature_form.ts";

/** A certificate; its parts are views into its bytes. */
export interface Certificate {
  readonly der: Uint8Array;
  /** What is signed. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  /** How it is signed. */
  readonly signatureForm: CertificateSignature;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  /** Milliseconds since 1970 (UTC). */
  readonly notBefore: number;
  /** Milliseconds since 1970 (UTC). */
  readonly notAfter: number;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  readonly keyKind: KeyKind;
  readonly extensions: Extensions;
  /** Are subject and issuer the same? */
  readonly selfIssued: boolean;
}

/**
 * Reads a certificate; it is not verified.
 *
 * @param der one certificate, without anything behind it
 * @throws ProtocolError when it is malformed, or has a key or a signature of a kind that is not accepted
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const outer = new DerReader(der);
  const whole = outer.enter(Tag.SEQUENCE, "a certificate");
  outer.end("a certificate");
  const signed = whole.expect(Tag.SEQUENCE, "the signed part of a certificate");
  const algorithm = whole.expect(Tag.SEQUENCE, "the algorithm of the signature");
  const signature = bitString(whole.expect(Tag.BIT_STRING, "the signature"));
  whole.end("a certificate");

  const body = new DerReader(signed.content);
  const version = body.optional(contextTag(0));
  const number = version
    ? smallInteger(new DerReader(version.content).expect(Tag.INTEGER, "the version"))
    : 0;
  if (number > 2) throw new ProtocolError(`a certificate has the unknown version ${number + 1}`);
  body.expect(Tag.INTEGER, "the serial number");
  const inner = body.expect(Tag.SEQUENCE, "the algorithm of the signature");
  if (!sameBytes(inner.whole, algorithm.whole)) {
    throw new ProtocolError("a certificate names two algorithms for its signature");
  }
  const issuer = readName(body);
  const validity = body.enter(Tag.SEQUENCE, "the time of validity");
  const notBefore = certificateTime(validity.any());
  const notAfter = certificateTime(validity.any());
  const subject = readName(body);
  const publicKey = body.expect(Tag.SEQUENCE, "the public key").whole;
  body.optional(contextTag(1, false));
  body.optional(contextTag(2, false));
  const extensions = body.optional(contextTag(3));
  body.end("the signed part of a certificate");
  return {
    der,
    signed: signed.whole,
    signature,
    signatureForm: readSignatureForm(new DerReader(algorithm.content)),
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    keyKind: keyKindOf(publicKey),
    extensions: extensions ? readExtensions(new DerReader(extensions.content)) : NO_EXTENSIONS,
    selfIssued: sameBytes(issuer.der, subject.der),
  };
}

/**
 * Returns a time in milliseconds since 1970 (UTC): `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`.
 *
 * @throws ProtocolError when it is neither, or not on the calendar
 */
function certificateTime({ tag, content }: Element): number {
  const text = String.fromCharCode(...content.subarray(0, 16));
  const [, year, rest] = (tag === Tag.UTC_TIME ? /^(\d\d)(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? [];
  if ((tag !== Tag.UTC_TIME && tag !== Tag.TIME) || rest === undefined) {
    throw new ProtocolError("a certificate has a time that is malformed");
  }
  const full = tag === Tag.TIME ? year : `${Number(year) < 50 ? "20" : "19"}${year}`;
  const [month, day, hour, minute, second] = rest.match(/\d\d/g) ?? [];
  const iso = `${full}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const time = Date.parse(iso);
  if (!Number.isFinite(time) || new Date(time).toISOString() !== iso) {
    throw new ProtocolError("a certificate has a time that is not on the calendar");
  }
  return time;
}
