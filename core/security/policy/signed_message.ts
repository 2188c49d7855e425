/**
 * Makes messages of the allocation protocol, signed when there is a certificate.
 *
 * @module
 */
import { asOuroError, AuthError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import { encodeOapHeader, type OapHeader } from "../../wire/oap_header.ts";
import { digestOf } from "../algorithms.ts";
import { digest as digestBytes } from "../digests.ts";
import { type FlowPolicy, messageDigest } from "./flow_policy.ts";
import { messageForm } from "../x509/signatures.ts";
import { joinBytes, NO_BYTES } from "../../kit/bytes.ts";

/** What a message says, without what the policy adds. */
export type UnsignedHeader = Omit<OapHeader, "digest" | "certificate" | "signature">;

/**
 * Encodes a message with the digest, the certificate and the signature that the policy has. `done` may be called before this
 * returns. Fails with an {@link AuthError} when the key cannot sign, with a MessageSizeError when the parts are too long.
 */
export function signedMessage(header: UnsignedHeader, policy: FlowPolicy, done: Done<Uint8Array>): void {
  const { own } = policy;
  const digest = messageDigest(policy);
  const whole: OapHeader = {
    ...header,
    digest: digest?.nid ?? 0,
    certificate: own?.certificate.der ?? NO_BYTES,
    signature: NO_BYTES,
  };
  let message: Uint8Array;
  try {
    message = encodeOapHeader(whole);
  } catch (thrown) {
    return done(failure(asOuroError(thrown)));
  }
  if (!own) return done(success(message));
  const form = messageForm(own.key.kind, digest?.name);
  if (!form) {
    return done(
      failure(
        new AuthError(`the own key (${own.key.kind}) cannot sign with ${digest?.name}; set digest=sha512`),
      ),
    );
  }
  own.key.sign(form, message, (outcome) => {
    if (!outcome.ok) return done(outcome);
    done(success(joinBytes(message, outcome.value)));
  });
}

/**
 * Computes the digest of a whole request, as its response carries it.
 *
 * @param digest number of the digest that the request names; 0: SHA-384
 */
export const requestHash = (digest: number, request: Uint8Array): Uint8Array =>
  digestBytes(digestOf(digest)?.name ?? "sha384", request);
