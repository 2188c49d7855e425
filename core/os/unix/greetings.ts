/**
 * Connections to a data socket that have not said hello: so many of each user, so that nobody shuts others out with his silence.
 *
 * @module
 */
import { asOuroError, NotSupportedError } from "../../contract/errors.ts";
import type { Uid } from "../../contract/ids.ts";
import { AcceptedPeers } from "./peer_credentials.ts";

/** Connections whose users are not asked for: as long as there are no more, nobody is in anybody's way. */
const FEW = 64;
/** Connections of one user. The one that has been silent longest makes room. */
const MAX_OF_USER = 32;
/** Connections in all. */
const MAX = 512;

/** Who has connected. */
type Peer = Uid | "unknown";

/** The connections of one data socket that have not said hello. */
export class Greetings {
  #bound: string;
  readonly #waiting = new Map<Deno.UnixConn, Peer>();
  /** Tells who has connected, while there are more than a few. */
  #peers: AcceptedPeers | undefined;

  /** @param bound the path under which the socket was bound */
  constructor(bound: string) {
    this.#bound = bound;
  }

  /** Returns the connections. */
  get all(): Iterable<Deno.UnixConn> {
    return this.#waiting.keys();
  }

  /** Takes a connection right after its accept. @returns connections that have to make room, perhaps this one */
  add(conn: Deno.UnixConn): Deno.UnixConn[] {
    const peer = this.#look();
    this.#waiting.set(conn, peer);
    // From now on each connection is looked at: see AcceptedPeers.
    if (this.#waiting.size >= FEW) this.#peers ??= this.#begin();
    if (this.#waiting.size > MAX) return [conn];
    if (peer === "unknown") return [];
    const own = [...this.#waiting].filter(([, other]) => other === peer);
    return own.length > MAX_OF_USER ? [own[0][0]] : [];
  }

  /** Forgets a connection; false when it was not here. */
  delete(conn: Deno.UnixConn): boolean {
    const was = this.#waiting.delete(conn);
    if (this.#waiting.size === 0) this.close();
    return was;
  }

  /** The socket listens anew, bound under another path. */
  moved(bound: string): void {
    this.close();
    this.#bound = bound;
  }

  /** Stops to ask who connects. */
  close(): void {
    this.#peers?.close();
    this.#peers = undefined;
  }

  #begin(): AcceptedPeers | undefined {
    try {
      return new AcceptedPeers(this.#bound);
    } catch (thrown) {
      // A program that may not call the C library, or cannot, does not get to know its peers, and serves them alike.
      if (thrown instanceof Deno.errors.NotCapable || thrown instanceof NotSupportedError) return undefined;
      throw asOuroError(thrown);
    }
  }

  #look(): Peer {
    try {
      return this.#peers?.look().uid ?? "unknown";
    } catch {
      // It has gone before it could be looked at.
      return "unknown";
    }
  }
}
