/**
 * What the allocation protocol knows beyond the exchange without credentials, which is all that is done here: it is refused,
 * never passed over.
 *
 * @module
 */
import { AuthError, CryptError } from "../../contract/errors.ts";
import type { OapHeader } from "../../wire/oap_header.ts";

/**
 * A cipher without key exchange asks for nothing, and is ignored as the reference does.
 *
 * @throws AuthError when the header carries a certificate
 * @throws CryptError when it asks for encryption
 */
export function refuseBeyondPlain({ certificate, keyExchange }: OapHeader): void {
  if (certificate.length > 0) {
    throw new AuthError("the other end shows a certificate; this version cannot check certificates");
  }
  if (keyExchange.length > 0) {
    throw new CryptError("the other end asks for encryption; this version cannot encrypt flows");
  }
}
