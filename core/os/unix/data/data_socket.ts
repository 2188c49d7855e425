/**
 * The data connections of flows: a process takes those that come to it on a Unix socket at the path that the IRMd gave, and connects
 * to the sockets of others. A connection must say hello with a token that is waited for (docs/local-protocol.md §3).
 *
 * @module
 */
import { IrmdError, NotFoundError, type OuroError, PermissionError } from "../../../contract/errors.ts";
import type { Uid } from "../../../contract/ids.ts";
import type { Timer, Timers } from "../../../contract/ports.ts";
import { HELLO_WORD, helloToken, TOKEN_BYTES, WORD_BYTES } from "../../../wire/local/data_frames.ts";
import type { TurnedAway } from "../../../wire/local/turned_away.ts";
import { runtimeError } from "../../c/errno.ts";
import { systemTimers } from "../../clock.ts";
import type { ByteStream } from "../../../kit/byte_stream.ts";
import { Greetings } from "./greetings.ts";
import { sleepsHere } from "../../wait/process_poller.ts";
import type { Listening } from "./runtime_listener.ts";
import { connectStream, listenForStreams } from "./own_descriptors.ts";
import { isThere, nameBeside } from "../socket_path.ts";

/** Milliseconds in which a connection must say hello. */
const HELLO_WITHIN = 1000;
/** Milliseconds until the next try to put a socket back whose folder was removed as well: the IRMd makes that anew. */
const PUT_BACK = 250;
/** Milliseconds between two looks whether the socket is still there, where many flows come. */
const LOOK = 20;
/** Milliseconds for which a socket that is not there is waited for, since whoever listens may put it back, and between two looks. */
const PATIENCE = { all: 2000, look: 50 };

/** A connection that is waited for. */
export interface Expectation {
  /** The connection, after its hello; fails when the expectation was cancelled. */
  readonly connection: Promise<ByteStream>;
  /** Gives up: the connection fails with `error`, and one that still comes is refused. */
  cancel(error: OuroError): void;
}

/** The data socket of a process. */
export class DataListener {
  readonly #expected = new Map<string, PromiseWithResolvers<ByteStream>>();
  readonly #greeting: Greetings;
  #listener: Listening;
  #closed = false;
  #again: Timer | undefined;
  /** Runs while the last look is fresh. */
  #looked: Timer | undefined;
  #lookAgain = false;

  private constructor(
    private readonly path: string,
    private readonly timers: Timers,
    private readonly own: boolean,
    turnedAway?: (all: readonly TurnedAway[]) => void,
  ) {
    this.#greeting = new Greetings(timers, turnedAway);
    this.#listener = this.#listen();
  }

  /**
   * Listens at `path`, for all users of the host.
   *
   * @param own connections are descriptors of this process, where that can be
   * @param turnedAway told, once a second, whose connections came to nothing, where they are more than a few
   * @throws IrmdError when that cannot be done
   */
  static open(
    path: string,
    timers: Timers,
    own = sleepsHere(),
    turnedAway?: (all: readonly TurnedAway[]) => void,
  ): DataListener {
    return new DataListener(path, timers, own, turnedAway);
  }

  /** Puts the socket back where somebody has removed it, such as a cleaner of temporary files: at once, or very soon. */
  putBack(): void {
    if (this.#looked) {
      this.#lookAgain = true;
      return;
    }
    this.#looked = this.timers.after(LOOK, () => {
      this.#looked = undefined;
      if (this.#lookAgain) this.putBack();
    });
    this.#lookAgain = false;
    this.#putBack();
  }

  #putBack(): void {
    this.#again?.cancel();
    this.#again = undefined;
    if (this.#closed || isThere(this.path)) return;
    const former = this.#listener;
    try {
      this.#listener = this.#listen();
    } catch {
      // The folder is gone as well, or this process can open no file: both may end.
      this.#again = this.timers.after(PUT_BACK, () => this.#putBack());
      return;
    }
    former.close();
  }

  /** Waits for the connection that presents `token` (lower-case hexadecimal). */
  expect(token: string): Expectation {
    this.putBack();
    const waiting = Promise.withResolvers<ByteStream>();
    // A cancelled expectation that nobody looks at any more is no fault.
    waiting.promise.catch(() => {});
    this.#expected.set(token, waiting);
    return {
      connection: waiting.promise,
      cancel: (error) => {
        if (this.#expected.get(token) === waiting) this.#expected.delete(token);
        waiting.reject(error);
      },
    };
  }

  /** Stops listening, removes the socket, fails what is waited for. */
  close(error: OuroError = new IrmdError("the data socket was closed")): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#again?.cancel();
    this.#looked?.cancel();
    this.#listener.close();
    try {
      Deno.removeSync(this.path);
    } catch (thrown) {
      // The IRMd removes the sockets of a process too, and may have been quicker.
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
    for (const stream of [...this.#greeting.all]) this.#refuse(stream);
    this.#greeting.close();
    for (const waiting of this.#expected.values()) waiting.reject(error);
    this.#expected.clear();
  }

  /** @throws IrmdError when that cannot be done */
  #listen(): Listening {
    const { path } = this;
    // Everybody can read in /proc/net/unix the name under which a socket was bound: not the one by which it is found.
    const bound = nameBeside(path);
    try {
      const listener = listenForStreams(bound, this.timers, this.own, {
        crowded: () => this.#greeting.crowded,
        closes: (peer) => this.#greeting.closes(peer),
        accept: (stream, peer) => this.#begin(stream, peer),
      });
      try {
        Deno.chmodSync(bound, 0o666);
        Deno.renameSync(bound, path);
      } catch (thrown) {
        listener.close();
        throw thrown;
      }
      return listener;
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new IrmdError(`cannot listen for flows at ${path}: ${why}`, { cause });
    }
  }

  #begin(stream: ByteStream, peer: Uid | undefined): void {
    const timer = this.timers.after(HELLO_WITHIN, () => this.#refuse(stream));
    const leaving = this.#greeting.add(stream, peer, timer);
    readHello(stream, (token) => this.#greeted(stream, token));
    for (const silent of leaving) this.#refuse(silent);
  }

  #greeted(stream: ByteStream, token: string | undefined): void {
    const waiting = token === undefined ? undefined : this.#expected.get(token);
    // It went away, or says something else: it is not a flow.
    if (token === undefined || waiting === undefined) return this.#refuse(stream);
    if (!this.#greeting.delete(stream)) return;
    this.#expected.delete(token);
    waiting.resolve(stream);
  }

  #refuse(stream: ByteStream): void {
    if (this.#greeting.fail(stream)) stream.close();
  }
}

/**
 * Connects to the data socket at `path`, when it is a socket and of that user. Other users can put what they like in the place of
 * their own sockets, such as a link to one that only this user may connect to.
 *
 * @param owner undefined where it is not known
 * @param wanted says whether the connection is wanted still, while whoever listens may put his socket back; left out: it is
 * @param own it is a descriptor of this process, where that can be
 * @throws NotFoundError when nothing is there
 * @throws PermissionError when something else is there
 */
export async function connectData(
  path: string,
  owner: Uid | undefined,
  wanted: () => boolean = () => true,
  own = sleepsHere(),
): Promise<ByteStream> {
  let found = look(path);
  for (let waited = 0; found instanceof NotFoundError; waited += PATIENCE.look) {
    if (waited >= PATIENCE.all || !wanted()) throw found;
    await new Promise<void>((resume) => systemTimers.after(PATIENCE.look, resume));
    found = look(path);
  }
  const { isSocket, uid } = found;
  if (!isSocket) throw new PermissionError(`${path} is no socket: its user has put something else there`);
  if (owner !== undefined && uid !== owner) {
    throw new PermissionError(`the socket ${path} is of user ${uid}; it must be of user ${owner}`);
  }
  const { stream, bound } = await connectStream(path, own);
  // What was there may have been replaced since the look. What the kernel has connected to was bound among the data sockets, or is none.
  if (bound && folderOf(bound) === folderOf(path)) return stream;
  stream.close();
  throw new PermissionError(`${path} led to ${bound || "a socket without a name"}, which is no data socket`);
}

/** Returns what is there, or that nothing is. */
function look(path: string): Deno.FileInfo | NotFoundError {
  try {
    return Deno.lstatSync(path);
  } catch (thrown) {
    const error = runtimeError(thrown, `cannot connect to ${path}`);
    if (error instanceof NotFoundError) return error;
    throw error;
  }
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/**
 * Reads exactly the hello: what follows it belongs to the flow and stays in the socket.
 *
 * @param done called with the token; undefined when something else has come, or nothing
 */
function readHello(stream: ByteStream, done: (token: string | undefined) => void): void {
  const frame = new Uint8Array(WORD_BYTES + TOKEN_BYTES);
  const view = new DataView(frame.buffer);
  let have = 0;
  const take = (count: number | null): boolean => {
    have += count ?? 0;
    const wrong = count === null || (have >= WORD_BYTES && view.getUint32(0) !== HELLO_WORD);
    if (wrong) done(undefined);
    else if (have === frame.length) done(helloToken(frame));
    else return true;
    return false;
  };
  const read = () => {
    for (;;) {
      const count = stream.read(frame.subarray(have));
      if (count === undefined || !take(count)) return;
    }
  };
  stream.open({
    arrived(count) {
      if (take(count)) read();
    },
    readFailed: () => done(undefined),
    wrote() {},
    writeFailed() {},
  });
  read();
}
