/**
 * Byte streams in memory, for tests: a pair of ends, each of which holds a limited number of bytes that were not read.
 *
 * @module
 */
import type { PromisedStream } from "../kit/byte_stream.ts";

class Pipe {
  readonly #capacity: number;
  #bytes = new Uint8Array(0);
  #closed = false;
  #changed = Promise.withResolvers<void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Bytes that wait. */
  get length(): number {
    return this.#bytes.length;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#bytes.length === 0) {
      if (this.#closed) return null;
      await this.#changed.promise;
    }
    const part = this.#bytes.subarray(0, into.length);
    into.set(part);
    this.#bytes = this.#bytes.slice(part.length);
    this.#change();
    return part.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (!this.#closed && this.#bytes.length >= this.#capacity) await this.#changed.promise;
    if (this.#closed) throw new Deno.errors.BrokenPipe("the other end is closed");
    const part = bytes.subarray(0, this.#capacity - this.#bytes.length);
    const both = new Uint8Array(this.#bytes.length + part.length);
    both.set(this.#bytes);
    both.set(part, this.#bytes.length);
    this.#bytes = both;
    this.#change();
    return part.length;
  }

  close(): void {
    this.#closed = true;
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** One end of a pair. */
export interface TestingStream extends PromisedStream {
  /** Bytes written that the other end has not read. */
  readonly unread: number;
}

/** Two ends; each direction holds `capacity` bytes. */
export function streamPair(capacity = 64 * 1024): [TestingStream, TestingStream] {
  const [there, back] = [new Pipe(capacity), new Pipe(capacity)];
  const end = (from: Pipe, to: Pipe): TestingStream => ({
    read: (into) => from.read(into),
    write: (bytes) => to.write(bytes),
    close: () => {
      from.close();
      to.close();
    },
    get unread() {
      return to.length;
    },
  });
  return [end(back, there), end(there, back)];
}
