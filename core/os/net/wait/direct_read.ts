/**
 * Lets the event loop of the runtime read the packets of a socket, as it reads a pipe: one call of the system for a packet that
 * comes alone, where waiting for the socket and then reading takes four more.
 *
 * @module
 */
import { duplicate } from "../../c/net_calls.ts";
import { openPipe, type Pipe } from "./pipe_handle.ts";

/** Who is told. */
export interface DirectReader {
  /** A packet has come; valid during the call only. More may wait in the socket. */
  packet(bytes: Uint8Array): void;
  /** Reading has failed: nothing more comes, and {@link DirectRead.close} is to be called. */
  failed(): void;
}

/** Reads a socket whose packets have no need of addresses and are never empty. */
export class DirectRead {
  readonly #buffer: Uint8Array<ArrayBuffer>;
  /** The view that was handed out last, to be used again for a packet of the same length. */
  #last: Uint8Array<ArrayBuffer>;
  #closed = false;

  /**
   * Reads from now on; undefined where the runtime does not do that, or there are too many descriptors.
   *
   * @param largest largest packet, in bytes
   */
  static open(fd: number, largest: number, reader: DirectReader): DirectRead | undefined {
    const own = duplicate(fd);
    if (own < 0) return undefined;
    const buffer = new Uint8Array(largest);
    const pipe = openPipe(own, buffer);
    return pipe && new DirectRead(pipe, buffer, reader);
  }

  private constructor(
    private readonly pipe: Pipe,
    buffer: Uint8Array<ArrayBuffer>,
    private readonly reader: DirectReader,
  ) {
    this.#buffer = this.#last = buffer;
    pipe.onRead((count) => this.#read(count));
  }

  /** Ends reading; the socket stays open. Calls `done` when nothing is under way. */
  close(done: () => void): void {
    this.#closed = true;
    this.pipe.close(done);
  }

  #read(count: number): void {
    if (this.#closed) return;
    if (count <= 0) return this.reader.failed();
    if (this.#last.length !== count) this.#last = this.#buffer.subarray(0, count);
    this.reader.packet(this.#last);
  }
}
