/**
 * What signatures with WebCrypto need: names, and the raw form of ECDSA signatures.
 *
 * @module
 */
import { NotSupportedError, ProtocolError } from "../../contract/errors.ts";
import { DerReader, Tag } from "./der.ts";
import { integer, sequence } from "./der_writer.ts";
import type { KeyKind } from "./oids.ts";

/** What WebCrypto calls the digests that it signs with. */
export const WEB_DIGESTS: ReadonlyMap<string, string> = new Map([
  ["sha256", "SHA-256"],
  ["sha384", "SHA-384"],
  ["sha512", "SHA-512"],
]);

/** Bytes of each half of a signature with P-521. */
const HALF = 66;

/** Returns what WebCrypto wants to know of a key, and of a call. @throws NotSupportedError for a digest that it does not know */
export function webAlgorithm(
  kind: KeyKind,
  digest: string | undefined,
): { readonly key: EcKeyImportParams | { name: string }; readonly call: EcdsaParams | { name: string } } {
  if (kind !== "P-521") return { key: { name: kind }, call: { name: kind } };
  const hash = WEB_DIGESTS.get(digest ?? "sha256");
  if (!hash) {
    throw new NotSupportedError(`P-521 goes with ${[...WEB_DIGESTS.keys()].join(", ")}, not with ${digest}`);
  }
  return { key: { name: "ECDSA", namedCurve: kind }, call: { name: "ECDSA", hash } };
}

/** Returns the raw form of an ECDSA signature with P-521; undefined when it is malformed. */
export function ecdsaFromDer(signature: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const raw = new Uint8Array(2 * HALF);
  try {
    const whole = new DerReader(signature);
    const halves = whole.enter(Tag.SEQUENCE, "a signature");
    whole.end("a signature");
    for (const end of [HALF, 2 * HALF]) {
      const { content } = halves.expect(Tag.INTEGER, "half of a signature");
      const digits = content[0] === 0 ? content.subarray(1) : content;
      if (content[0] >= 0x80 || digits.length > HALF) return undefined;
      raw.set(digits, end - digits.length);
    }
    halves.end("a signature");
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return undefined;
    throw thrown;
  }
  return raw;
}

/** Returns the form that goes on the wire. */
export const ecdsaToDer = (raw: Uint8Array): Uint8Array =>
  sequence(integer(raw.subarray(0, HALF)), integer(raw.subarray(HALF)));
