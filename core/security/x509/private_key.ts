/**
 * Private keys of certificates.
 *
 * @module
 */
import { sameBytes } from "../../kit/bytes.ts";
import type { KeyObject } from "node:crypto";
import { asOuroError, AuthError, ProtocolError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import { contextTag, DerReader, oidHex, Tag } from "./der.ts";
import { der } from "./der_writer.ts";
import { type KeyKind, PURE_KINDS } from "./oids.ts";
import { pem, pemBlocks } from "./pem.ts";
import { keyKindOf } from "./public_key_info.ts";
import { buffer, owned, runtimeCrypto } from "../runtime_crypto.ts";
import { needsWebCrypto } from "./signatures.ts";
import type { SignatureForm } from "./signature_form.ts";
import { ecdsaToDer, webAlgorithm } from "./web_signatures.ts";

/** A key that signs. */
export interface PrivateKey {
  readonly kind: KeyKind;
  /** The public key that belongs to it, where that can be told at once. */
  readonly publicKey: Uint8Array | undefined;
  /** Signs. `done` may be called before this returns; fails with an {@link AuthError}. */
  sign(form: SignatureForm, bytes: Uint8Array, done: Done<Uint8Array>): void;
}

/**
 * Reads a private key: PKCS #8, or the older forms for EC and RSA keys; not encrypted.
 *
 * @throws ProtocolError when there is none, or none of a kind that is known
 */
export function parsePrivateKey(text: string): PrivateKey {
  const block = pemBlocks(text).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (!block) throw new ProtocolError("there is no private key (PEM)");
  if (block.label.startsWith("ENCRYPTED")) {
    throw new ProtocolError("the private key is encrypted; take one that is not");
  }
  const kind = block.label === "PRIVATE KEY" ? kindOfPkcs8(block.der) : undefined;
  if (kind && needsWebCrypto(kind)) return webKey(kind, seedForm(block.der));
  let key: KeyObject;
  try {
    key = runtimeCrypto().createPrivateKey(pem(block.label, block.der));
  } catch (cause) {
    throw new ProtocolError(`the private key cannot be read: ${asOuroError(cause).message}`, { cause });
  }
  const publicKey = owned(runtimeCrypto().createPublicKey(key).export({ type: "spki", format: "der" }));
  const found = keyKindOf(publicKey);
  if (!needsWebCrypto(found)) return runtimeKey(found, publicKey, key);
  return { ...webKey(found, owned(key.export({ type: "pkcs8", format: "der" }))), publicKey };
}

/** Does a key belong to a certificate's? Where that cannot be told, the other end will. */
export const belongs = (
  { kind, publicKey }: PrivateKey,
  certificate: Uint8Array,
  certificateKind: KeyKind,
): boolean =>
  publicKey === undefined || kind === "rsa-pss"
    ? kind === certificateKind
    : sameBytes(publicKey, certificate);

function kindOfPkcs8(pkcs8: Uint8Array): KeyKind | undefined {
  const info = new DerReader(pkcs8).enter(Tag.SEQUENCE, "a private key");
  info.expect(Tag.INTEGER, "the version of a private key");
  return PURE_KINDS.get(oidHex(info.enter(Tag.SEQUENCE, "the algorithm").expect(Tag.OID, "the algorithm")));
}

/** Keys of ML-DSA may come as a seed, expanded, or both; WebCrypto takes the seed. */
function seedForm(pkcs8: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const info = new DerReader(pkcs8).enter(Tag.SEQUENCE, "a private key");
  const version = info.any();
  const algorithm = info.any();
  const key = new DerReader(info.expect(Tag.OCTET_STRING, "the private key").content);
  if (key.tag !== Tag.SEQUENCE) return pkcs8;
  const seed = key.enter(Tag.SEQUENCE, "the private key").expect(Tag.OCTET_STRING, "the seed").content;
  const inner = der(Tag.OCTET_STRING, der(contextTag(0, false), seed));
  return der(Tag.SEQUENCE, version.whole, algorithm.whole, inner);
}

const failed = (kind: KeyKind, thrown: unknown): AuthError =>
  new AuthError(`the private key (${kind}) cannot sign: ${asOuroError(thrown).message}`, { cause: thrown });

function runtimeKey(kind: KeyKind, publicKey: Uint8Array, key: KeyObject): PrivateKey {
  return {
    kind,
    publicKey,
    sign({ digest }, bytes, done) {
      let signature: Uint8Array;
      try {
        signature = runtimeCrypto().sign(digest ?? null, buffer(bytes), key);
      } catch (thrown) {
        return done(failure(failed(kind, thrown)));
      }
      done(success(signature));
    },
  };
}

function webKey(kind: KeyKind, pkcs8: Uint8Array<ArrayBuffer>): PrivateKey {
  const sign = async ({ digest }: SignatureForm, bytes: Uint8Array): Promise<Uint8Array> => {
    const { key: algorithm, call } = webAlgorithm(kind, digest);
    const key = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]);
    const signature = new Uint8Array(await crypto.subtle.sign(call, key, owned(bytes)));
    return kind === "P-521" ? ecdsaToDer(signature) : signature;
  };
  return {
    kind,
    publicKey: undefined,
    sign(form, bytes, done) {
      sign(form, bytes).then(
        (signature) => done(success(signature)),
        (thrown) => done(failure(failed(kind, thrown))),
      );
    },
  };
}
