/**
 * Messages of the allocation protocol that are too large for the control protocol, or for a layer.
 *
 * @module
 */
import { MessageSizeError, type OuroError } from "../../contract/errors.ts";

/** Largest message of the allocation protocol, in bytes: a line of the control protocol must have room for its base64. */
export const MAX_HANDSHAKE = 47 * 1024;

/** Keys and certificates that make small messages. */
const SMALL =
  "a certificate with Ed25519 or P-256 and the key exchange X25519 or prime256v1 need the least room";
/** Longer messages have keys or certificates, or much data. */
const PLAIN_BYTES = 84;

/** Checks the size of a message. @throws MessageSizeError when a message is larger than {@link MAX_HANDSHAKE} */
export function checkHandshakeSize({ length }: Uint8Array): void {
  if (length <= MAX_HANDSHAKE) return;
  throw new MessageSizeError(
    `the allocation has ${length} bytes of certificates, keys and data; ${MAX_HANDSHAKE} is the most`,
  );
}

/** Adds to the error of a layer for which a message is too large what to do; other errors stay as they are. */
export function explainSize(error: OuroError, { length }: Uint8Array): OuroError {
  if (!(error instanceof MessageSizeError) || length <= PLAIN_BYTES) return error;
  return new MessageSizeError(`${error.message} (it has ${length} bytes: ${SMALL})`, { cause: error });
}
