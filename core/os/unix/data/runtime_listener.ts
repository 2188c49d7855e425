/**
 * A Unix socket of the runtime that listens for data connections.
 *
 * @module
 */
import { asOuroError, NotSupportedError } from "../../../contract/errors.ts";
import type { Uid } from "../../../contract/ids.ts";
import type { Timers } from "../../../contract/ports.ts";
import { type ByteStream, byteStream } from "../../../kit/byte_stream.ts";
import { nextTurn } from "../../turn.ts";
import { processPoller } from "../../wait/process_poller.ts";
import { AcceptedPeers } from "../peer_credentials.ts";
import { type Door, listenerAt, siftAll } from "../sift.ts";
import { FdStream } from "./fd_stream.ts";

/** Connections that are accepted before others have their turn. */
const TURN = 16;
/** Milliseconds for which the flows come first where there are many whose users cannot be known. */
const CROWDED = 20;
/** Milliseconds until the next try when a connection could not be taken (no file descriptors left, say). */
const RETRY = 50;

/** What those are told who are not heard. */
const NOTHING = new Uint8Array();

/** A socket that listens. */
export interface Listening {
  /** Ends it. */
  close(): void;
}

/** Who takes connections. */
export interface Accepting {
  /** Whether there are so many that it matters whose they are. */
  crowded(): boolean;
  /** Whether a connection of this user is closed unheard. */
  closes(peer: Uid): boolean;
  /** Takes a connection. @param peer whose it is; undefined where that is not known: those are served alike */
  accept(stream: ByteStream, peer: Uid | undefined): void;
}

/** Listens. The process does not stay alive for it. */
export class RuntimeListener implements Listening {
  readonly #listener: Deno.UnixListener;
  /** Tells who has connected, while there are more than a few. */
  #peers: AcceptedPeers | undefined;
  /** The descriptor that listens, where it is known. */
  #fd: number | undefined;
  readonly #door: Door;
  #closed = false;

  constructor(
    private readonly path: string,
    private readonly accepting: Accepting,
    private readonly timers: Timers,
  ) {
    this.#listener = Deno.listen({ transport: "unix", path });
    this.#listener.unref();
    this.#door = {
      refusal: (user) => accepting.closes(user) ? NOTHING : undefined,
      take: (fd, user) => {
        this.#peers?.learn(fd);
        accepting.accept(new FdStream(fd, processPoller()), user);
      },
    };
    this.#acceptAll();
  }

  close(): void {
    this.#closed = true;
    this.#peers?.close();
    this.#listener.close();
  }

  async #acceptAll(): Promise<void> {
    for (let accepted = 0; !this.#closed;) {
      try {
        const conn = await this.#listener.accept();
        // In the same turn: who has connected is only known as the last one that did.
        const peer = this.#look();
        if (peer !== undefined && this.accepting.closes(peer)) {
          conn.close();
          await siftAll(this.#listening, this.#door, this.#pause);
          continue;
        }
        this.accepting.accept(byteStream(conn), peer);
        this.#watchPeers();
        if (++accepted % TURN > 0) continue;
        if (this.accepting.crowded() && !this.#peers) await this.#pause(CROWDED);
        else await nextTurn();
      } catch {
        if (!this.#closed) await this.#pause(RETRY);
      }
    }
  }

  /** While the users are not known, nobody can be told from others. */
  readonly #listening = (): number | undefined => this.#peers && !this.#closed ? this.#fd : undefined;

  readonly #pause = (delay: number): Promise<void> => new Promise((done) => this.timers.after(delay, done));

  #watchPeers(): void {
    if (this.#closed) return;
    // From now on each connection is looked at: see AcceptedPeers.
    if (this.accepting.crowded()) this.#peers ??= this.#begin();
    else {
      this.#peers?.close();
      this.#peers = undefined;
    }
  }

  #begin(): AcceptedPeers | undefined {
    try {
      this.#fd ??= listenerAt(this.path);
      return new AcceptedPeers(this.path);
    } catch (thrown) {
      // A program that may not call the C library, or cannot, does not get to know its peers, and serves them alike.
      if (thrown instanceof Deno.errors.NotCapable || thrown instanceof NotSupportedError) return undefined;
      throw asOuroError(thrown);
    }
  }

  #look(): Uid | undefined {
    try {
      return this.#peers?.look().uid;
    } catch {
      // It has gone before it could be looked at.
      return undefined;
    }
  }
}
