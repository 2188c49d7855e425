/**
 * What both ends of the allocation protocol do alike.
 *
 * @module
 */
import { type OuroErrorClass, ProtocolError } from "../../contract/errors.ts";
import type { FlowRole, FlowSecurity, PeerCertificate } from "../../contract/security.ts";
import type { Agreed } from "../../security/policy/negotiation.ts";
import { decodeOapHeader, type OapHeader } from "../../wire/oap_header.ts";

/** Reads the header of a message. @throws what `Fault` makes when it cannot be read */
export function readHeader(
  bytes: Uint8Array,
  hashBytes: number,
  what: string,
  Fault: OuroErrorClass,
): OapHeader {
  try {
    return decodeOapHeader(bytes, hashBytes);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new Fault(`${what} cannot be read: ${cause.message}`, { cause });
  }
}

/** Makes the security of a flow of what was agreed on; without a key it goes in clear. */
export const securityOf = (
  role: FlowRole,
  agreed: Agreed | undefined,
  key: Uint8Array | undefined,
  peer: PeerCertificate | undefined,
): FlowSecurity => ({
  encryption: agreed && key ? { cipher: agreed.cipher.name, key, role } : undefined,
  peer,
});
