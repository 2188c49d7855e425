/**
 * A connected Unix socket that is a descriptor of this process, as the runtime has its own.
 *
 * @module
 */
import type { PromisedStream, StreamUser } from "../../kit/byte_stream.ts";
import { processPoller } from "../wait/process_poller.ts";
import { FdStream } from "./data/fd_stream.ts";

/** What a control connection needs of a socket. */
export interface ControlStream extends PromisedStream {
  /** The process stays alive for it. */
  ref(): void;
  /** It need not. */
  unref(): void;
}

type Waiting<Result> = PromiseWithResolvers<Result> | undefined;

/** A socket over a descriptor, which it closes. A process that has nothing else to do does not stay alive for it. */
export class OwnConn implements ControlStream, StreamUser {
  readonly #stream: FdStream;
  #reading: Waiting<number | null>;
  #writing: Waiting<number>;

  /** @param fd of a socket that does not block */
  constructor(fd: number) {
    this.#stream = new FdStream(fd, processPoller());
    this.#stream.open(this);
  }

  read(into: Uint8Array): Promise<number | null> {
    const { promise, resolve } = this.#reading = Promise.withResolvers<number | null>();
    const count = this.#stream.read(into);
    if (count !== undefined) resolve(count);
    return promise;
  }

  write(bytes: Uint8Array): Promise<number> {
    const { promise, resolve } = this.#writing = Promise.withResolvers<number>();
    const count = this.#stream.write(bytes);
    if (count > 0) resolve(count);
    return promise;
  }

  close(): void {
    this.#stream.close();
    const closed = new Deno.errors.Interrupted("the connection was closed");
    this.#reading?.reject(closed);
    this.#writing?.reject(closed);
  }

  ref(): void {}

  unref(): void {}

  arrived(count: number | null): void {
    this.#reading?.resolve(count);
  }

  readFailed(cause: unknown): void {
    this.#reading?.reject(new Deno.errors.ConnectionReset("the other end is gone", { cause }));
  }

  wrote(count: number): void {
    this.#writing?.resolve(count);
  }

  writeFailed(cause: unknown): void {
    this.#writing?.reject(new Deno.errors.BrokenPipe("the other end is gone", { cause }));
  }
}
