/**
 * The client's side of the allocation protocol: makes the request and checks the response.
 *
 * @module
 */
import { CryptError, ProtocolError } from "../../contract/errors.ts";
import type { Ports } from "../../contract/ports.ts";
import {
  decodeOapHeader,
  encodeOapHeader,
  OAP_ID_BYTES,
  type OapHeader,
  plainOapHeader,
  requestHashBytes,
} from "../../wire/oap_header.ts";
import { refuseBeyondPlain } from "./beyond.ts";
import { requestHash } from "./digest.ts";
import { timestampOf } from "./timestamp.ts";

/** The digest for the request's hash is not chosen: the default. */
const DIGEST = 0;

/** One request, for one layer; each further try makes its own, for a server takes none twice. */
export class ClientExchange {
  /** The request as it goes with the allocation. */
  readonly request: Uint8Array;

  /**
   * @param data the application's, which travels inside
   * @throws MessageSizeError when there is more of it than a header carries
   */
  constructor({ clock, random }: Pick<Ports, "clock" | "random">, data: Uint8Array) {
    this.request = encodeOapHeader(plainOapHeader(random.bytes(OAP_ID_BYTES), timestampOf(clock), data));
  }

  /**
   * Checks the response to the request.
   *
   * @returns the data of the application at the other end
   * @throws CryptError when it is not a response to this request, or asks for encryption
   * @throws AuthError when it carries a certificate
   */
  check(response: Uint8Array): Uint8Array {
    const header = this.#decode(response);
    if (!same(header.id, this.request.subarray(0, OAP_ID_BYTES))) {
      throw new CryptError("the answer to the allocation is for another request");
    }
    refuseBeyondPlain(header);
    if (!same(header.requestHash, requestHash(DIGEST, this.request))) {
      throw new CryptError("the request for the flow was changed on its way");
    }
    return header.data;
  }

  #decode(response: Uint8Array): OapHeader {
    try {
      return decodeOapHeader(response, requestHashBytes(DIGEST));
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      throw new CryptError(`the answer to the allocation cannot be read: ${cause.message}`, { cause });
    }
  }
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
