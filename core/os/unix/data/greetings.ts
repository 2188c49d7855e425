/**
 * Connections to a data socket that have not said hello: so many of each user, so that nobody shuts others out with his silence.
 *
 * @module
 */
import type { Uid } from "../../../contract/ids.ts";
import type { Timer } from "../../../contract/ports.ts";
import type { ByteStream } from "../../../kit/byte_stream.ts";

/** Connections of one user. The one that has been silent longest makes room. */
const MAX_OF_USER = 32;
/** Connections whose users do not matter: as long as there are no more, nobody is in anybody's way. */
const FEW = 64;
/** Connections in all. */
const MAX = 512;

interface Greeting {
  readonly peer: Uid | undefined;
  /** Ends its time. */
  readonly timer: Timer;
}

/** The connections of one data socket that have not said hello. */
export class Greetings {
  readonly #waiting = new Map<ByteStream, Greeting>();

  /** Returns whether there are more than a few. */
  get crowded(): boolean {
    return this.#waiting.size >= FEW;
  }

  /** Returns the connections. */
  get all(): Iterable<ByteStream> {
    return this.#waiting.keys();
  }

  /**
   * Takes a connection.
   *
   * @param peer whose it is; undefined where that is not known: those are served alike
   * @param timer that ends its time
   * @returns connections that have to make room, perhaps this one
   */
  add(stream: ByteStream, peer: Uid | undefined, timer: Timer): ByteStream[] {
    this.#waiting.set(stream, { peer, timer });
    if (this.#waiting.size > MAX) return [stream];
    if (peer === undefined || this.#waiting.size <= FEW) return [];
    const own = [...this.#waiting].filter(([, other]) => other.peer === peer);
    return own.length > MAX_OF_USER ? [own[0][0]] : [];
  }

  /** Forgets a connection; false when it was not here. */
  delete(stream: ByteStream): boolean {
    this.#waiting.get(stream)?.timer.cancel();
    return this.#waiting.delete(stream);
  }
}
