/**
 * Asks the kernel to count up an eventfd as soon as a descriptor has events: io_submit(2). The C library has no calls of its
 * own for that.
 *
 * @module
 */
import { callError, netCalls } from "../c/net_calls.ts";

/** Numbers of the system calls `io_setup`, `io_destroy`, `io_submit`, `io_getevents`. */
const NUMBERS = { x86_64: [206n, 207n, 209n, 208n], aarch64: [0n, 1n, 2n, 4n] } as const;
/** Node, under which nothing waits here, does not say the first. */
const [SETUP, DESTROY, SUBMIT, EVENTS] = NUMBERS[Deno.build.arch === "aarch64" ? "aarch64" : "x86_64"];

/** `IOCB_CMD_POLL`, `IOCB_FLAG_RESFD`. */
const COMMAND_POLL = 5, FLAG_EVENTFD = 1;
/** Words of a `struct iocb`, at the start of the block. */
const COMMAND = 4, FD = 5, WANTED = 6, FLAGS = 14, EVENTFD = 15;
/** The rest of the block: the context, the list of one request, and the events that came (32 bytes each). */
const CONTEXT = 64, LIST = 72, RESULTS = 128, MOST_RESULTS = 4n;

/** One request that is made over and over. */
export class AioPoll {
  readonly #block = new Uint8Array(new ArrayBuffer(256));
  readonly #context: bigint;
  readonly #address: bigint;

  /**
   * Prepares it; undefined where the system does not do such things.
   *
   * @param events as in poll(2)
   * @param eventfd what is counted up
   */
  static open(fd: number, events: number, eventfd: number): AioPoll | undefined {
    const poll = new AioPoll(fd, events, eventfd);
    return poll.#context === 0n ? undefined : poll;
  }

  private constructor(fd: number, events: number, eventfd: number) {
    const words = new Uint32Array(this.#block.buffer), long = new BigUint64Array(this.#block.buffer);
    this.#address = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(this.#block)));
    words[COMMAND] = COMMAND_POLL;
    words[FD] = fd;
    words[WANTED] = events;
    words[FLAGS] = FLAG_EVENTFD;
    words[EVENTFD] = eventfd;
    long[LIST / 8] = this.#address;
    const made = this.#call(SETUP, MOST_RESULTS, this.#address + BigInt(CONTEXT));
    this.#context = made === 0n ? long[CONTEXT / 8] : 0n;
  }

  /** Makes the request: one at a time. */
  submit(): void {
    if (this.#call(SUBMIT, this.#context, 1n, this.#address + BigInt(LIST)) !== 1n) {
      throw callError("cannot wait for sockets");
    }
  }

  /** Takes the result of a request that was granted: without it there is no room for later ones. */
  reap(): void {
    this.#call(EVENTS, this.#context, 0n, MOST_RESULTS, this.#address + BigInt(RESULTS));
  }

  /** Ends the polling; a request that was made is forgotten. The kernel takes its time for it, and a thread waits for that. */
  async close(): Promise<void> {
    await netCalls().syscall_wait(DESTROY, this.#context, 0n, 0n, 0n, 0n);
  }

  #call(number: bigint, one: bigint, two = 0n, three = 0n, four = 0n): bigint {
    return netCalls().syscall(number, one, two, three, four, 0n);
  }
}
