/**
 * Authorities and certificates for tests of processes: valid at the time of the machine.
 *
 * @module
 */
import {
  authorityOf,
  certify,
  type Pair,
  pairOf,
  type Wanted,
} from "../../core/testing/security/certificates.ts";
import { pem } from "../../core/security/x509/pem.ts";

const DAY = 86_400_000;

/** A certificate and its private key, in PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Who signs certificates. */
export interface Authority {
  /** Its certificate, in PEM. */
  readonly certificate: string;
  /** A certificate of it. @param more what is otherwise than in a good one */
  issue(subject: string, more?: Partial<Wanted>): Promise<Credentials>;
}

const valid = () => ({ notBefore: Date.now() - DAY, notAfter: Date.now() + DAY });

async function credentials(wanted: Wanted, pair: Pair): Promise<Credentials> {
  return { certificate: pem("CERTIFICATE", await certify(wanted)), privateKey: pair.text };
}

/** A new authority. */
export async function authority(subject = "the authority"): Promise<Authority> {
  const issuer = await authorityOf(subject, "P-256", valid());
  return {
    certificate: pem("CERTIFICATE", issuer.certificate.der),
    async issue(subject, more = {}) {
      const pair = more.pair ?? await pairOf("P-256");
      return await credentials({ ...valid(), issuer, ...more, subject, pair }, pair);
    },
  };
}

/** A certificate that nobody but itself vouches for. */
export async function selfSigned(subject: string): Promise<Credentials> {
  const pair = await pairOf("P-256");
  return await credentials({ ...valid(), subject, pair }, pair);
}

/** One that was good until yesterday. */
export const EXPIRED: Partial<Wanted> = { notBefore: Date.now() - 2 * DAY, notAfter: Date.now() - DAY };
