/**
 * How a signature in a certificate was made (AlgorithmIdentifier).
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { contextTag, DerReader, oidHex, smallInteger, Tag } from "./der.ts";
import { DIGEST_OIDS, type KeyKind, PURE_KINDS, RSASSA_PSS, SIGNATURE_DIGESTS } from "./oids.ts";

/** How a signature is made. */
export interface SignatureForm {
  /** Name of the digest; undefined where the kind of key has its own way. */
  readonly digest: string | undefined;
  /** For RSA with PSS padding: bytes of salt. Undefined: PKCS #1 padding, or no RSA. */
  readonly saltBytes?: number;
}

/** Kinds of keys that a signature may be made with, and how. */
export interface CertificateSignature {
  readonly form: SignatureForm;
  /** May a key of that kind have made it? */
  fits(kind: KeyKind): boolean;
}

const MAX_SALT = 64;

/**
 * Reads what is in an AlgorithmIdentifier.
 *
 * @throws ProtocolError for one that is not known, or not safe any more (MD5, SHA-1)
 */
export function readSignatureForm(algorithm: DerReader): CertificateSignature {
  const type = oidHex(algorithm.expect(Tag.OID, "the algorithm of a signature"));
  const pure = PURE_KINDS.get(type);
  if (pure) return { form: { digest: undefined }, fits: (kind) => kind === pure };
  const known = SIGNATURE_DIGESTS.get(type);
  if (known) {
    const { key, digest } = known;
    return { form: { digest }, fits: (kind) => key === "ec" ? kind.startsWith("P-") : kind === "rsa" };
  }
  if (type !== RSASSA_PSS) throw new ProtocolError(`signatures of the kind ${type} are not accepted`);
  return { form: pssForm(algorithm), fits: (kind) => kind === "rsa" || kind === "rsa-pss" };
}

function pssForm(algorithm: DerReader): SignatureForm {
  const parameters = algorithm.enter(Tag.SEQUENCE, "the parameters of RSA-PSS");
  const hash = parameters.optional(contextTag(0));
  const mask = parameters.optional(contextTag(1));
  const salt = parameters.optional(contextTag(2));
  const digest = hash && digestIn(new DerReader(hash.content));
  if (!digest) throw new ProtocolError("a signature with RSA-PSS has a digest that is not accepted");
  const generator = mask && new DerReader(mask.content).enter(Tag.SEQUENCE, "the mask of RSA-PSS");
  generator?.expect(Tag.OID, "the mask of RSA-PSS");
  if (!generator || digestIn(generator) !== digest) {
    throw new ProtocolError("a signature with RSA-PSS has two digests");
  }
  const saltBytes = salt ? smallInteger(new DerReader(salt.content).expect(Tag.INTEGER, "the salt")) : 20;
  if (saltBytes > MAX_SALT) throw new ProtocolError("a signature with RSA-PSS has a salt that is too long");
  return { digest, saltBytes };
}

const digestIn = (reader: DerReader): string | undefined =>
  DIGEST_OIDS.get(oidHex(reader.enter(Tag.SEQUENCE, "a digest").expect(Tag.OID, "a digest")));
