/**
 * Requests that peers have sent, so that one that comes twice gets the same answer instead of a second flow.
 *
 * @module
 */
import type { ShimReply, ShimRequest } from "./shim_message.ts";
import { sameBytes } from "./peer_address.ts";

/** A request that waits for its answer, or whose flow is up. */
export interface KnownRequest<Peer extends Uint8Array> {
  /** Who sent it; a copy. */
  readonly peer: Peer;
  /** The peer, as text. */
  readonly peerKey: string;
  /** Its data is a copy. */
  readonly message: ShimRequest;
  /** The answer; undefined while there is none. */
  reply: ShimReply | undefined;
  /** Bytes that may still be sent to the peer before it has proved to be there. */
  allowance: number;
  /** The peer has used the same id for a newer request: this one is no more. */
  replaced: boolean;
}

/** The requests that are known. */
export class KnownRequests<Peer extends Uint8Array> {
  readonly #requests = new Map<string, KnownRequest<Peer>>();

  /** The request of this peer with this id. */
  find(peerKey: string, requester: number): KnownRequest<Peer> | undefined {
    return this.#requests.get(`${peerKey}/${requester}`);
  }

  /** Remembers a request, in the place of one that has the same peer and id. */
  add(request: KnownRequest<Peer>): void {
    this.#requests.set(keyOf(request), request);
  }

  /** Forgets a request. Harmless when it is not there. */
  remove(request: KnownRequest<Peer>): void {
    const key = keyOf(request);
    if (this.#requests.get(key) === request) this.#requests.delete(key);
  }
}

/** Do they ask for the same, byte for byte? */
export function sameRequest(a: ShimRequest, b: ShimRequest): boolean {
  const { qos } = a;
  return a.requester === b.requester && a.hash === b.hash && qos.delay === b.qos.delay &&
    qos.bandwidth === b.qos.bandwidth && qos.availability === b.qos.availability && qos.loss === b.qos.loss &&
    qos.ber === b.qos.ber && qos.inOrder === b.qos.inOrder && qos.maxGap === b.qos.maxGap &&
    qos.timeout === b.qos.timeout && sameBytes(a.data, b.data);
}

const keyOf = <Peer extends Uint8Array>({ peerKey, message }: KnownRequest<Peer>): string =>
  `${peerKey}/${message.requester}`;
