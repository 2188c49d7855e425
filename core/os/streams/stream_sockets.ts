/**
 * Streams of bytes of other networks: TCP, Unix sockets, standard input and output.
 *
 * @module
 */
import { runtimeError } from "../c/errno.ts";

/** One end of a stream of bytes. */
export interface ByteEnd {
  /** Reads some bytes; null at the end of what the other side sends. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, at least one, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that nothing more is written; reading goes on. */
  closeWrite(): Promise<void>;
  /** Ends both directions. */
  close(): void;
}

/** A socket. */
class SocketEnd implements ByteEnd {
  #closed = false;

  constructor(private readonly connection: Deno.Conn) {
    // Programs wait for answers to what is short.
    if ("setNoDelay" in connection && typeof connection.setNoDelay === "function") connection.setNoDelay();
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.connection.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.connection.write(bytes);
  }

  async closeWrite(): Promise<void> {
    try {
      await this.connection.closeWrite();
    } catch (thrown) {
      // The other side has closed both directions: there is nothing to tell it.
      if (!(thrown instanceof Deno.errors.NotConnected || this.#closed)) throw thrown;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.connection.close();
  }
}

/** Where streams come in. */
export interface StreamListener {
  /** The port where it listens; 0 where there are none. */
  readonly port: number;
  /** Gives the next one; undefined when the listener is closed. */
  accept(): Promise<ByteEnd | undefined>;
  close(): void;
}

/** An endpoint of TCP or a Unix socket. */
export type SocketPlace =
  | { readonly kind: "tcp"; readonly host: string; readonly port: number }
  | { readonly kind: "unix"; readonly path: string };

/** Connects. @throws OuroError that says what could not be reached, and why */
export async function connectStream(place: SocketPlace, what: string): Promise<ByteEnd> {
  try {
    return new SocketEnd(
      place.kind === "unix"
        ? await Deno.connect({ transport: "unix", path: place.path })
        : await Deno.connect({ hostname: place.host, port: place.port }),
    );
  } catch (thrown) {
    throw runtimeError(thrown, `cannot connect to ${what}`);
  }
}

/** Listens. A Unix socket that nobody listens at any more is taken over. @throws OuroError that says where it cannot be, and why */
export async function listenStreams(place: SocketPlace, what: string): Promise<StreamListener> {
  if (place.kind === "unix") await removeStale(place.path);
  let listener: Deno.TcpListener | Deno.UnixListener;
  try {
    listener = place.kind === "unix"
      ? Deno.listen({ transport: "unix", path: place.path })
      : Deno.listen({ hostname: place.host, port: place.port });
  } catch (thrown) {
    throw runtimeError(thrown, `cannot listen at ${what}`);
  }
  let closed = false;
  return {
    port: listener.addr.transport === "tcp" ? listener.addr.port : 0,
    accept: async () => {
      try {
        return new SocketEnd(await listener.accept());
      } catch (thrown) {
        if (closed) return undefined;
        throw runtimeError(thrown, `cannot accept at ${what}`);
      }
    },
    close: () => {
      if (closed) return;
      closed = true;
      listener.close();
      if (place.kind === "unix") removeSocket(place.path);
    },
  };
}

/** Standard input and output as one end of a stream. */
export const standardStream = (): ByteEnd => ({
  read: (into) => Deno.stdin.read(into),
  write: (bytes) => Deno.stdout.write(bytes),
  closeWrite: () => {
    Deno.stdout.close();
    return Promise.resolve();
  },
  close: () => {},
});

function removeSocket(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw runtimeError(thrown, `cannot remove ${path}`);
  }
}

/** Removes a socket that a program has left behind. Files of other kinds, and sockets in use, stay. */
async function removeStale(path: string): Promise<void> {
  try {
    if (!(await Deno.lstat(path)).isSocket) return;
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.ConnectionRefused) removeSocket(path);
    else if (!(thrown instanceof Deno.errors.NotFound)) throw runtimeError(thrown, `cannot look at ${path}`);
  }
}
