/**
 * Listens on a Unix socket: right mode from the first moment, no file of a dead predecessor in the way, and each
 * connection comes with the credentials of its peer.
 *
 * @module
 */
import {
  asOuroError,
  ExistsError,
  NotFoundError,
  type OuroError,
  PermissionError,
} from "../../contract/errors.ts";
import { systemTimers } from "../clock.ts";
import { nextTurn } from "../turn.ts";
import { runtimeError } from "../c/errno.ts";
import type { Uid } from "../../contract/ids.ts";
import type { Timer } from "../../contract/ports.ts";
import { groupId } from "../c/libc.ts";
import { type ControlStream, ownConn } from "./own_conn.ts";
import { AcceptedPeers, credentialsOf, type PeerCredentials } from "./peer_credentials.ts";
import { boundQueue, type Door, listenerAt, siftAll } from "./sift.ts";
import { checkSocketPath, nameBeside } from "./socket_path.ts";

/** Where to listen, and who may connect. */
export interface UnixListenerOptions {
  readonly path: string;
  /** Mode of the socket's file; who may write may connect. */
  readonly mode: number;
  /** Group of the file. Where it does not exist or may not be given, the group gets no rights. */
  readonly group?: string;
}

/** What happens to connections. */
export interface UnixListenerHandlers {
  /** A process has connected. False: it is turned away, as others of its user will be. */
  accept(conn: ControlStream, credentials: PeerCredentials): boolean | void;
  /** Returns what a connection of this user is told before it is closed; undefined: it is accepted. Left out: each is. */
  refusal?(user: Uid): Uint8Array<ArrayBuffer> | undefined;
  /** A connection was refused, or none can be accepted for now; the listener goes on. */
  fault(error: OuroError): void;
}

/** Nobody but the owner may connect while the file gets its group and mode. */
const PRIVATE = 0o177;
/** How long no connection is accepted after one could not be, in milliseconds. */
const PAUSE = 100;
/** Connections that are accepted before others have their turn. */
const TURN = 4;

/** A socket that listens. */
export class UnixListener {
  /** The path of the socket. */
  readonly path: string;
  /** Why the group was not given; undefined when it was, or none was asked for. */
  readonly groupFault: OuroError | undefined;
  readonly #peers: AcceptedPeers;
  readonly #inode: number | null;
  readonly #fd: number | undefined;
  readonly #door: Door;
  #pause: Timer | undefined;
  #closed = false;

  private constructor(
    private readonly listener: Deno.UnixListener,
    bound: string,
    private readonly options: UnixListenerOptions,
    private readonly handlers: UnixListenerHandlers,
  ) {
    this.path = options.path;
    this.#peers = new AcceptedPeers(bound);
    this.#door = {
      refusal: (user) => handlers.refusal?.(user),
      take: (fd) => {
        this.#peers.learn(fd);
        this.#hand(ownConn(fd), () => credentialsOf(fd));
      },
    };
    try {
      this.#fd = listenerAt(bound);
      if (this.#fd !== undefined) boundQueue(this.#fd);
      this.groupFault = options.group === undefined ? undefined : giveGroup(bound, options.group);
      Deno.chmodSync(bound, this.groupFault ? options.mode & ~0o070 : options.mode);
      this.#inode = Deno.lstatSync(bound).ino;
      Deno.renameSync(bound, this.path);
    } catch (thrown) {
      this.#peers.close();
      throw thrown;
    }
  }

  /**
   * Starts to listen.
   *
   * @throws InvalidError when the path is too long or in no folder
   * @throws ExistsError when somebody listens there, or something else than a socket is there
   * @throws PermissionError when the folder does not let this process
   */
  static async listen(options: UnixListenerOptions, handlers: UnixListenerHandlers): Promise<UnixListener> {
    const { path } = options;
    const bound = nameBeside(path);
    checkSocketPath(path);
    checkSocketPath(bound);
    await checkFree(path);
    const before = Deno.umask(PRIVATE);
    let listener: Deno.UnixListener;
    try {
      // Bound under another name: the runtime removes what it has bound some time after the close, when a successor may
      // have the path; and a rename puts the finished file in place of a dead one in one step.
      listener = Deno.listen({ transport: "unix", path: bound });
    } catch (thrown) {
      throw runtimeError(thrown, `cannot listen at ${path}`);
    } finally {
      Deno.umask(before);
    }
    try {
      const made = new UnixListener(listener, bound, options, handlers);
      made.#run();
      return made;
    } catch (thrown) {
      listener.close();
      throw runtimeError(thrown, `cannot listen at ${path}`);
    }
  }

  /**
   * Listens again when the file is not there any more: somebody has removed it, and a socket cannot get a file back. Connections go on.
   *
   * @returns what listens from now on
   * @throws what {@link listen} throws
   */
  async putBack(): Promise<UnixListener> {
    if (this.#hasFile()) return this;
    const next = await UnixListener.listen(this.options, this.handlers);
    this.close();
    return next;
  }

  /** Stops to listen and removes the file, unless it is another's by now; connections go on. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pause?.cancel();
    this.#peers.close();
    this.listener.close();
    try {
      if (this.#hasFile()) Deno.removeSync(this.path);
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return;
      this.handlers.fault(runtimeError(thrown, `cannot remove ${this.path}`));
    }
  }

  #hasFile(): boolean {
    try {
      return Deno.lstatSync(this.path).ino === this.#inode;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return false;
      throw runtimeError(thrown, `cannot look at ${this.path}`);
    }
  }

  async #run(): Promise<void> {
    let failing = false;
    let accepted = 0;
    while (!this.#closed) {
      try {
        const conn = await this.listener.accept();
        // In the same turn, and before the next accept: see AcceptedPeers.
        const served = this.#hand(conn, () => this.#peers.look());
        failing = false;
        if (!served) await siftAll(this.#listening, this.#door, this.#wait);
        else if (++accepted % TURN === 0) await nextTurn();
      } catch (thrown) {
        if (this.#closed) return;
        if (!failing) this.handlers.fault(runtimeError(thrown, `cannot accept connections at ${this.path}`));
        failing = true;
        await new Promise<void>((resume) => systemTimers.after(PAUSE, resume));
      }
    }
  }

  readonly #listening = (): number | undefined => this.#closed ? undefined : this.#fd;

  readonly #wait = (milliseconds: number): Promise<void> =>
    new Promise((resume) => this.#pause = systemTimers.after(milliseconds, resume));

  /** Returns whether it is served. */
  #hand(conn: ControlStream, look: () => PeerCredentials): boolean {
    if (this.#closed) return conn.close(), false;
    try {
      return this.handlers.accept(conn, look()) ?? true;
    } catch (thrown) {
      conn.close();
      this.handlers.fault(asOuroError(thrown));
      return true;
    }
  }
}

/**
 * Checks that nothing is at the path, or a socket on which nobody listens.
 *
 * @throws ExistsError when something else is there
 */
export async function checkFree(path: string): Promise<void> {
  try {
    if (!(await Deno.lstat(path)).isSocket) {
      throw new ExistsError(`${path} is in the way and is no socket: move it, or choose another folder`);
    }
    if (await somebodyListens(path)) throw new ExistsError(`somebody listens at ${path} already`);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw runtimeError(thrown, `cannot listen at ${path}`);
  }
}

async function somebodyListens(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.ConnectionRefused) return false;
    throw thrown;
  }
}

/** Gives the file to the group; says why it could not. */
function giveGroup(path: string, group: string): OuroError | undefined {
  const id = groupId(group);
  if (id === undefined) return new NotFoundError(`there is no group ${group}`);
  try {
    Deno.chownSync(path, null, id);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.PermissionDenied) {
      return new PermissionError(`${path} may not be given to the group ${group}`, { cause: thrown });
    }
    throw thrown;
  }
}

/**
 * Returns whether a process has a socket that listens and was bound in the folder by {@link UnixListener}, whatever its file became.
 * Where the kernel does not tell, nobody has.
 */
export async function listensIn(folder: string): Promise<boolean> {
  const sockets = await Deno.readTextFile("/proc/net/unix").catch(() => "");
  return sockets.split("\n").some((line) => {
    // Number, references, protocol, flags (here: listens), type, state, inode.
    const path = /^\S+ \S+ \S+ 00010000 \S+ \S+ +\d+ (.*)$/.exec(line)?.[1];
    return path?.startsWith(`${folder}/.`) && !path.includes("/", folder.length + 1);
  });
}
