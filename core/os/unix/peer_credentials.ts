/**
 * Who is at the other end of an accepted connection, from the kernel (SO_PEERCRED). The runtime keeps the descriptor
 * of a connection to itself, so this finds it: the one socket bound to the listener's path that was not there before.
 *
 * @module
 */
import { ExistsError, InternalError } from "../../contract/errors.ts";
import { type Pid, pid, type Uid, uid } from "../../contract/ids.ts";
import { liveSince } from "../process/processes.ts";
import { isListening, peerLives, peerOf, socketCookie, socketPath } from "../c/libc.ts";

/** What the kernel noted of a process when it connected. */
export interface PeerCredentials {
  /** 0 for a process that cannot be seen from here (another pid namespace). */
  readonly pid: Pid;
  readonly uid: Uid;
  readonly gid: number;
  /** When the process started, which with the pid says which one it is; undefined where that is not known. */
  readonly started: number | undefined;
}

/** How many descriptors after the last one are tried before the rest: a kept connection is followed by the next free one. */
const NEARBY = 16;
/** Paths in use: two listeners of one path in one process could not be told apart. */
const paths = new Set<string>();

/** Open descriptors of this process. */
function descriptors(): number[] {
  return Array.from(Deno.readDirSync("/proc/self/fd"), (entry) => Number(entry.name)).sort((a, b) => a - b);
}

/** The process that connected may have ended since, and another one may have its number: then its start is not known. */
function startOf(fd: number, of: number): number | undefined {
  const started = liveSince(pid(of));
  return peerLives(fd) === false ? undefined : started;
}

/** Returns who connected the other end of a socket. */
export function credentialsOf(fd: number): PeerCredentials {
  const peer = peerOf(fd);
  return { pid: pid(peer.pid), uid: uid(peer.uid), gid: peer.gid, started: startOf(fd, peer.pid) };
}

/**
 * Tells the peers of one listener. Sound as long as every connection is looked at right after its accept and before
 * the next accept is asked for: then at most one socket of that path is new. When none is found, the look fails and
 * whatever there is counts as known, so that a later look cannot take it for its own.
 */
export class AcceptedPeers {
  /** Sockets that were looked at, by descriptor. The kernel never uses a cookie twice, so old entries do no harm. */
  readonly #known = new Map<number, bigint>();
  #last = 0;
  /** All sockets but the newest are known; false while that is not sure. */
  #sound = true;

  /**
   * @param path as it was given to the listener, which has not accepted yet
   * @throws ExistsError when another listener of this process has that path
   */
  constructor(private readonly path: string) {
    if (paths.has(path)) throw new ExistsError(`this process listens at ${path} already`);
    this.#learn();
    paths.add(path);
  }

  /**
   * Returns the peer of the connection that was accepted just now.
   *
   * @throws InternalError when its socket is not found: the connection must be refused
   */
  look(): PeerCredentials {
    const sound = this.#sound;
    this.#sound = false;
    const fd = sound ? this.#find() : undefined;
    if (fd === undefined) {
      this.#learn();
      this.#sound = true;
      throw new InternalError("cannot tell who has connected: the socket of the connection was not found");
    }
    this.#last = fd;
    this.#sound = true;
    return credentialsOf(fd);
  }

  /** Learns of a connection of that path that was taken without the runtime. */
  learn(fd: number): void {
    this.#isNew(fd);
  }

  /** Frees the path of a listener that is closed. */
  close(): void {
    paths.delete(this.path);
  }

  #find(): number | undefined {
    for (let fd = this.#last; fd <= this.#last + NEARBY; fd++) if (this.#isNew(fd)) return fd;
    // The kernel gives the lowest free descriptor: where something was closed, the new socket is below.
    for (let fd = 0; fd < this.#last; fd++) if (this.#isNew(fd)) return fd;
    return descriptors().find((fd) => fd > this.#last && this.#isNew(fd));
  }

  #learn(): void {
    for (const fd of descriptors()) this.#isNew(fd);
  }

  /** Whether `fd` is an accepted socket of the path that was not looked at before. */
  #isNew(fd: number): boolean {
    const cookie = socketCookie(fd);
    if (cookie === undefined || this.#known.get(fd) === cookie) return false;
    this.#known.set(fd, cookie);
    return socketPath(fd) === this.path && !isListening(fd);
  }
}
