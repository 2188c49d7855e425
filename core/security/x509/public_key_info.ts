/**
 * Public keys of certificates (SubjectPublicKeyInfo): what kind they are.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { bitString, DerReader, oidHex, Tag } from "./der.ts";
import { CURVE_KINDS, EC_PUBLIC_KEY, type KeyKind, PURE_KINDS, RSA_ENCRYPTION, RSASSA_PSS } from "./oids.ts";

/** Smaller RSA keys are not safe; larger ones, and larger exponents, cost too much. */
const MIN_RSA_BITS = 2048, MAX_RSA_BITS = 8192, MAX_EXPONENT_BYTES = 5;

/**
 * Returns the kind of a public key.
 *
 * @param spki SubjectPublicKeyInfo in DER
 * @throws ProtocolError when it is of no kind that is known, or of a size that is not taken
 */
export function keyKindOf(spki: Uint8Array): KeyKind {
  const whole = new DerReader(spki);
  const info = whole.enter(Tag.SEQUENCE, "a public key");
  whole.end("a public key");
  const algorithm = info.enter(Tag.SEQUENCE, "the algorithm of a key");
  const type = oidHex(algorithm.expect(Tag.OID, "the algorithm of a key"));
  const key = bitString(info.expect(Tag.BIT_STRING, "a public key"));
  info.end("a public key");
  switch (type) {
    case RSA_ENCRYPTION:
    case RSASSA_PSS:
      checkRsa(key);
      return type === RSASSA_PSS ? "rsa-pss" : "rsa";
    case EC_PUBLIC_KEY: {
      const curve = CURVE_KINDS.get(oidHex(algorithm.expect(Tag.OID, "a named curve")));
      if (!curve) throw new ProtocolError("the curve of the key is not P-256, P-384 or P-521");
      return curve;
    }
    default: {
      const kind = PURE_KINDS.get(type);
      if (!kind) throw new ProtocolError(`keys of the kind ${type} are not known`);
      return kind;
    }
  }
}

function checkRsa(key: Uint8Array): void {
  const numbers = new DerReader(key).enter(Tag.SEQUENCE, "an RSA key");
  const modulus = numbers.expect(Tag.INTEGER, "the modulus").content;
  const exponent = numbers.expect(Tag.INTEGER, "the exponent").content;
  const bits = modulus[0] === 0 ? (modulus.length - 1) * 8 : modulus.length * 8;
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
    throw new ProtocolError(`an RSA key has ${bits} bits; ${MIN_RSA_BITS} to ${MAX_RSA_BITS} are taken`);
  }
  if (exponent.length > MAX_EXPONENT_BYTES) {
    throw new ProtocolError("the exponent of an RSA key is too large");
  }
}
