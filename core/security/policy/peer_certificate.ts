/**
 * Checks who is at the other end: the certificate and the signature in a message of the allocation protocol.
 *
 * @module
 */
import { AuthError, OuroError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { PeerCertificate } from "../../contract/security.ts";
import type { OapHeader } from "../../wire/oap_header.ts";
import { digestOf } from "../algorithms.ts";
import { type Certificate, parseCertificate } from "../x509/certificate.ts";
import { digest } from "../digests.ts";
import type { FlowPolicy } from "./flow_policy.ts";
import { messageForm, verifySignature } from "../x509/signatures.ts";
import { checkTrust } from "../x509/trust.ts";

/**
 * Reads the certificate in a message without verifying it, which costs no more than reading.
 *
 * @returns undefined when there is none, and none is required
 * @throws AuthError when it cannot be read, or is missing
 */
export function shownCertificate(
  { certificate }: OapHeader,
  { requireCertificate }: FlowPolicy,
): Certificate | undefined {
  if (certificate.length === 0) {
    if (!requireCertificate) return undefined;
    throw new AuthError("the other end shows no certificate; this flow requires one");
  }
  try {
    return parseCertificate(certificate);
  } catch (thrown) {
    if (!(thrown instanceof OuroError)) throw thrown;
    throw new AuthError(`the other end's certificate cannot be read: ${thrown.message}`, { cause: thrown });
  }
}

/**
 * Verifies a certificate and the signature of the message that it came in. `done` may be called before this returns; it fails
 * with an {@link AuthError}.
 *
 * @param message the whole message
 * @param now milliseconds since 1970 (UTC)
 */
export function verifyPeer(
  certificate: Certificate | undefined,
  header: OapHeader,
  message: Uint8Array,
  policy: FlowPolicy,
  now: number,
  done: Done<PeerCertificate | undefined>,
): void {
  if (!certificate) return done(success(undefined));
  const refuse = (why: string) => done(failure(new AuthError(why)));
  const form = messageForm(certificate.keyKind, digestOf(header.digest)?.name);
  if (!form) {
    return refuse(`signatures with ${certificate.keyKind} and the digest of the message are not known here`);
  }
  checkTrust(certificate, policy.trust, now, (trusted) => {
    if (!trusted.ok) return done(trusted);
    const { signature } = header;
    const signed = message.subarray(0, message.length - signature.length);
    verifySignature(certificate.keyKind, certificate.publicKey, form, signed, signature, (outcome) => {
      if (!outcome.ok) return done(outcome);
      if (!outcome.value) {
        return refuse("the other end's message is not signed with the key of its certificate");
      }
      done(success(peerOf(certificate)));
    });
  });
}

const peerOf = ({ der, subject, issuer, notAfter }: Certificate): PeerCertificate => ({
  name: subject.commonName ?? "",
  subject: subject.text,
  issuer: issuer.text,
  fingerprint: digest("sha256", der).toHex(),
  expires: notAfter,
});
