/**
 * What packets of a flow are sent over: bytes in both directions, read and written in the call where that is possible.
 *
 * @module
 */
import { CancelledError } from "../contract/errors.ts";

/** Who is told what a {@link ByteStream} has done later than in the call. */
export interface StreamUser {
  /** So many bytes have been read into what {@link ByteStream.read} was given; null at the end. */
  arrived(count: number | null): void;
  /** Nothing more can be read. */
  readFailed(thrown: unknown): void;
  /** So many bytes of what {@link ByteStream.write} was given have been written. */
  wrote(count: number): void;
  /** Nothing more can be written. */
  writeFailed(thrown: unknown): void;
}

/** A stream of bytes. One read and one write are under way at most. */
export interface ByteStream {
  /** Says who is told, from now on. */
  open(user: StreamUser): void;
  /**
   * Reads at least one byte; returns how many, null at the end. Undefined: there is none, and the user is told when there is; `into`
   * is the stream's until then.
   */
  read(into: Uint8Array): number | null | undefined;
  /** Writes at least one byte; returns how many. 0: none can be written now, and the user is told when they are. */
  write(bytes: Uint8Array): number;
  /**
   * Waits until a read or write that is under way can go on, and goes on; nothing else of this process runs meanwhile. Left out: it
   * cannot.
   *
   * @param limit milliseconds, which need not be whole
   */
  wait?(limit: number): void;
  /** Ends both directions. The user is told nothing more. */
  close(): void;
}

/** A stream as the runtime has them: each read and write is a promise. */
export interface PromisedStream {
  /** Reads at least one byte into `into`; null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes at least one byte of `bytes`; says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends both directions; reads and writes under way fail. */
  close(): void;
}

/** Makes one of the other. */
export function byteStream(stream: ByteStream | PromisedStream): ByteStream {
  return "open" in stream ? stream : new KeptPromises(stream);
}

type Waiting<Result> = PromiseWithResolvers<Result> | undefined;

/**
 * Makes the other of one.
 *
 * @param failure returns what a read or write is rejected with that has failed with something, or that the end of the stream has ended
 */
export function promisesOf(
  stream: ByteStream,
  failure: (thrown: unknown) => unknown = (thrown) => thrown,
): PromisedStream {
  let reading: Waiting<number | null>, writing: Waiting<number>;
  stream.open({
    arrived: (count) => reading?.resolve(count),
    readFailed: (thrown) => reading?.reject(failure(thrown)),
    wrote: (count) => writing?.resolve(count),
    writeFailed: (thrown) => writing?.reject(failure(thrown)),
  });
  return {
    read(into) {
      const { promise, resolve } = reading = Promise.withResolvers<number | null>();
      const count = stream.read(into);
      if (count !== undefined) resolve(count);
      return promise;
    },
    write(bytes) {
      const { promise, resolve } = writing = Promise.withResolvers<number>();
      const count = stream.write(bytes);
      if (count > 0) resolve(count);
      return promise;
    },
    close() {
      stream.close();
      const closed = failure(new CancelledError("the stream was closed"));
      reading?.reject(closed);
      writing?.reject(closed);
    },
  };
}

class KeptPromises implements ByteStream {
  #user: StreamUser | undefined;
  #closed = false;

  constructor(private readonly stream: PromisedStream) {}

  open(user: StreamUser): void {
    this.#user = user;
  }

  read(into: Uint8Array): undefined {
    this.stream.read(into).then(this.#arrived, this.#readFailed);
  }

  write(bytes: Uint8Array): 0 {
    this.stream.write(bytes).then(this.#wrote, this.#writeFailed);
    return 0;
  }

  close(): void {
    this.#closed = true;
    this.stream.close();
  }

  readonly #arrived = (count: number | null): void => {
    if (!this.#closed) this.#user?.arrived(count);
  };

  readonly #readFailed = (thrown: unknown): void => {
    if (!this.#closed) this.#user?.readFailed(thrown);
  };

  readonly #wrote = (count: number): void => {
    if (!this.#closed) this.#user?.wrote(count);
  };

  readonly #writeFailed = (thrown: unknown): void => {
    if (!this.#closed) this.#user?.writeFailed(thrown);
  };
}
