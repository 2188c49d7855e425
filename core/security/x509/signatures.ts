/**
 * Signatures of all kinds of keys that certificates have: by the runtime's synchronous cryptography where it can, else by
 * WebCrypto (P-521, ML-DSA, SLH-DSA).
 *
 * @module
 */
import { asOuroError, AuthError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { KeyKind } from "./oids.ts";
import { buffer, owned, runtimeCrypto } from "../runtime_crypto.ts";
import type { SignatureForm } from "./signature_form.ts";
import { ecdsaFromDer, WEB_DIGESTS, webAlgorithm } from "./web_signatures.ts";

/** Kinds of keys that the synchronous cryptography does not know. */
export const needsWebCrypto = (kind: KeyKind): boolean =>
  kind === "P-521" || kind.startsWith("ML-DSA") || kind.startsWith("SLH-DSA");

/**
 * Checks a signature. `done` may be called before this returns; an {@link AuthError} says that there is no way to check it.
 *
 * @param publicKey SubjectPublicKeyInfo of a key of `kind`
 */
export function verifySignature(
  kind: KeyKind,
  publicKey: Uint8Array,
  form: SignatureForm,
  signed: Uint8Array,
  signature: Uint8Array,
  done: Done<boolean>,
): void {
  const failed = (thrown: unknown) => {
    const { message } = asOuroError(thrown);
    done(failure(new AuthError(`a signature with ${kind} cannot be checked: ${message}`, { cause: thrown })));
  };
  if (needsWebCrypto(kind)) {
    verifyWithWebCrypto(kind, publicKey, form, signed, signature).then((good) => done(success(good)), failed);
    return;
  }
  let good: boolean;
  try {
    good = verifyNow(publicKey, form, signed, signature);
  } catch (thrown) {
    return failed(thrown);
  }
  done(success(good));
}

function verifyNow(
  publicKey: Uint8Array,
  { digest, saltBytes }: SignatureForm,
  signed: Uint8Array,
  signature: Uint8Array,
): boolean {
  const { constants, createPublicKey, verify } = runtimeCrypto();
  const key = createPublicKey({ key: buffer(publicKey), format: "der", type: "spki" });
  if (saltBytes === undefined) return verify(digest ?? null, signed, key, signature);
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify(digest ?? null, signed, { key, padding, saltLength: saltBytes }, signature);
}

async function verifyWithWebCrypto(
  kind: KeyKind,
  publicKey: Uint8Array,
  { digest }: SignatureForm,
  signed: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const { key: algorithm, call } = webAlgorithm(kind, digest);
  const key = await crypto.subtle.importKey("spki", owned(publicKey), algorithm, false, ["verify"]);
  const raw = kind === "P-521" ? ecdsaFromDer(signature) : owned(signature);
  return raw !== undefined && await crypto.subtle.verify(call, key, raw, owned(signed));
}

/**
 * Returns how the key of a certificate signs messages of the allocation protocol.
 *
 * @param digest name of the digest that the message names; undefined: it names none
 * @returns undefined where there is no way to sign so here
 */
export function messageForm(kind: KeyKind, digest: string | undefined): SignatureForm | undefined {
  if (!namesDigest(kind)) return { digest: undefined };
  const used = digest ?? "sha256";
  if (kind === "P-521" && !WEB_DIGESTS.has(used)) return undefined;
  return { digest: used };
}

/** Does a signature with that kind of key need the name of a digest? Others have their own way. */
export const namesDigest = (kind: KeyKind): boolean => kind.startsWith("rsa") || kind.startsWith("P-");
