/**
 * Unix stream sockets in the runtime's form, made of Node's: one read and one write at a time, each a promise.
 *
 * @module
 */
import net from "node:net";
import { classOf, errorOf } from "./errors.ts";

/** Settings of both ends: what one end has closed, the other may go on to write. */
const OPTIONS = { allowHalfOpen: true };

const closed = () => new (classOf("ConnectionReset"))("the connection was closed");

/** A connection. */
export class UnixConn {
  readonly localAddr: { transport: "unix"; path: string };
  readonly remoteAddr: { transport: "unix"; path: string };
  readonly #socket: net.Socket;
  #over: Error | "end" | undefined;
  /** What a read waits for. */
  #wake: () => void = () => {};

  /** @param path of the socket that one of both ends was bound to: Node does not tell it of the other */
  constructor(socket: net.Socket, path: string) {
    this.#socket = socket;
    this.localAddr = this.remoteAddr = { transport: "unix", path };
    const over = (how: Error | "end") => {
      this.#over ??= how;
      this.#wake();
    };
    socket.on("readable", () => this.#wake());
    socket.on("end", () => over("end"));
    socket.on("error", over);
    socket.on("close", () => over(closed()));
  }

  /** Reads at least one byte; null at the end. */
  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const ready = Math.min(into.length, this.#socket.readableLength);
      const bytes: unknown = ready > 0 ? this.#socket.read(ready) : null;
      if (bytes instanceof Uint8Array) {
        into.set(bytes);
        return bytes.length;
      }
      if (this.#over === "end") return null;
      if (this.#over) throw errorOf(this.#over);
      // Nothing is there: this makes the socket ask for more.
      this.#socket.read(0);
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Writes all; resolves when the bytes may be written over. */
  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(errorOf(error)) : resolve(bytes.length));
    });
  }

  /** Ends both directions; a read that is under way fails. */
  close(): void {
    this.#over = closed();
    this.#wake();
    this.#socket.destroy();
  }

  /** From now on the process waits for it. */
  ref(): void {
    this.#socket.ref();
  }

  /** From now on the process may end before it does. */
  unref(): void {
    this.#socket.unref();
  }
}

/** Connects to the socket at `path`. */
export function connect({ path }: { path: string }): Promise<UnixConn> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ path, ...OPTIONS });
    const refused = (error: Error) => reject(errorOf(error));
    socket.once("error", refused);
    socket.once("connect", () => {
      socket.off("error", refused);
      resolve(new UnixConn(socket, path));
    });
  });
}

/** Listens at `path`: it is bound when this returns. */
export function listen({ path }: { path: string }): UnixListener {
  return new UnixListener(path);
}

/** A socket that listens. */
export class UnixListener {
  readonly #server: net.Server;
  readonly #waiting: UnixConn[] = [];
  readonly #accepting: { resolve(conn: UnixConn): void; reject(error: unknown): void }[] = [];
  #failed: unknown;

  constructor(path: string) {
    this.#server = net.createServer({ ...OPTIONS, pauseOnConnect: false }, (socket) => {
      const conn = new UnixConn(socket, path);
      const next = this.#accepting.shift();
      if (next) next.resolve(conn);
      else this.#waiting.push(conn);
    });
    const end = (error: unknown) => {
      this.#failed ??= errorOf(error);
      for (const { reject } of this.#accepting.splice(0)) reject(this.#failed);
    };
    this.#server.on("error", end);
    this.#server.on("close", () => end(new Error("the listener was closed")));
    this.#server.listen(path);
  }

  /** Waits for a connection. */
  accept(): Promise<UnixConn> {
    const conn = this.#waiting.shift();
    if (conn) return Promise.resolve(conn);
    if (this.#failed) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => this.#accepting.push({ resolve, reject }));
  }

  /** From now on the process may end before it does. */
  unref(): void {
    this.#server.unref();
  }

  /** Stops listening. */
  close(): void {
    this.#server.close();
  }
}
