/**
 * Connections to a data socket that have not said hello: so many of each user, so that nobody shuts others out with his silence.
 *
 * @module
 */
import type { Uid } from "../../../contract/ids.ts";
import type { Timer, Timers } from "../../../contract/ports.ts";
import type { ByteStream } from "../../../kit/byte_stream.ts";
import type { TurnedAway } from "../../../wire/local/turned_away.ts";

/** Connections of one user. The one that has been silent longest makes room. */
const MAX_OF_USER = 32;
/** Connections whose users do not matter: as long as there are no more, nobody is in anybody's way. */
const FEW = 64;
/** Connections in all. */
const MAX = 512;
/** Connections of one user in a second that came to nothing: those that come after them are closed unheard. */
const MAX_FAILED = 256;
/** Milliseconds for which that is remembered, and users of whom it is. */
const REMEMBERED = 1000, MAX_USERS = 1024;

interface Greeting {
  readonly peer: Uid | undefined;
  /** Ends its time. */
  readonly timer: Timer;
}

/** The connections of one data socket that have not said hello. */
export class Greetings {
  readonly #waiting = new Map<ByteStream, Greeting>();
  /** How many of each user came to nothing within this second. */
  readonly #failed = new Map<Uid | undefined, { failed: number; unheard: number }>();
  #failures = 0;
  #forgetting: Timer | undefined;

  /** @param told called each second in which more than a few came to nothing */
  constructor(
    private readonly timers: Timers,
    private readonly told: (all: readonly TurnedAway[]) => void = () => {},
  ) {}

  /** Returns whether there are more than a few, or were. */
  get crowded(): boolean {
    return this.#waiting.size >= FEW || this.#failures >= FEW;
  }

  /** Returns whether so many connections of a user came to nothing that the next one is not heard, which is counted. */
  closes(peer: Uid): boolean {
    const count = this.#failed.get(peer);
    if (count === undefined || count.failed < MAX_FAILED) return false;
    count.unheard++;
    return true;
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

  /** Forgets a connection that came to nothing; false when it was not here. */
  fail(stream: ByteStream): boolean {
    const peer = this.#waiting.get(stream)?.peer;
    if (!this.delete(stream)) return false;
    this.#failures++;
    const count = this.#failed.get(peer);
    if (count) count.failed++;
    else if (this.#failed.size < MAX_USERS) this.#failed.set(peer, { failed: 1, unheard: 0 });
    // A few are nobody's concern, however long ago they were.
    if (this.#failures >= FEW) this.#forgetting ??= this.timers.after(REMEMBERED, () => this.#tell());
    return true;
  }

  #tell(): void {
    const all = Array.from(this.#failed, ([user, count]) => ({ user, ...count }));
    this.close();
    this.told(all);
  }

  /** Forgets what came to nothing. */
  close(): void {
    this.#forgetting?.cancel();
    this.#forgetting = undefined;
    this.#failed.clear();
    this.#failures = 0;
  }

  /** Forgets a connection; false when it was not here. */
  delete(stream: ByteStream): boolean {
    this.#waiting.get(stream)?.timer.cancel();
    return this.#waiting.delete(stream);
  }
}
