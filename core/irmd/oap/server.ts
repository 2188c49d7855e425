/**
 * The server's side of the allocation protocol: checks requests and makes their responses.
 *
 * @module
 */
import { AuthError, ProtocolError } from "../../contract/errors.ts";
import type { Clock } from "../../contract/ports.ts";
import {
  decodeOapHeader,
  encodeOapHeader,
  OAP_UNIQUE_BYTES,
  type OapHeader,
  plainOapHeader,
} from "../../wire/oap_header.ts";
import { refuseBeyondPlain } from "./beyond.ts";
import { requestHash } from "./digest.ts";
import { ReplayWindow } from "./replay_window.ts";
import { millisecondsOf, timestampOf } from "./timestamp.ts";

/** A request that may be answered. */
export interface ServerExchange {
  /** Data of the application that asks. */
  readonly data: Uint8Array;
  /** The response, made now. @param data of the application that answers */
  respond(data: Uint8Array): Uint8Array;
}

/** Takes the requests of a host. */
export class OapServer {
  readonly #clock: Clock;
  readonly #window: ReplayWindow;

  constructor(clock: Clock, window: ReplayWindow = new ReplayWindow()) {
    this.#clock = clock;
    this.#window = window;
  }

  /**
   * Checks a request; each is taken once.
   *
   * @throws AuthError when it is malformed, too old, ahead of the clock, seen before, or carries a certificate
   * @throws CryptError when it asks for encryption
   */
  receive(request: Uint8Array): ServerExchange {
    const header = decode(request);
    const { id, digest, data, timestamp } = header;
    const key = request.subarray(0, OAP_UNIQUE_BYTES).toHex();
    const objection = this.#window.admit(key, millisecondsOf(timestamp), this.#clock.wall());
    if (objection !== undefined) throw new AuthError(`the request for a flow is refused: ${objection}`);
    refuseBeyondPlain(header);
    const hash = requestHash(digest, request);
    return {
      data,
      respond: (answer) => encodeOapHeader(plainOapHeader(id, timestampOf(this.#clock), answer, hash)),
    };
  }
}

function decode(request: Uint8Array): OapHeader {
  try {
    return decodeOapHeader(request, 0);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new AuthError(`the request for a flow cannot be read: ${cause.message}`, { cause });
  }
}
