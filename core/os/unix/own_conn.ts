/**
 * A connected Unix socket that is a descriptor of this process, as the runtime has its own.
 *
 * @module
 */
import { type PromisedStream, promisesOf } from "../../kit/byte_stream.ts";
import { processPoller } from "../wait/process_poller.ts";
import { FdStream } from "./data/fd_stream.ts";

/** What a control connection needs of a socket. */
export interface ControlStream extends PromisedStream {
  /** The process stays alive for it. */
  ref(): void;
  /** It need not. */
  unref(): void;
}

/**
 * Makes a socket of a descriptor, which it closes. While something is read or written the process stays alive, whatever it has been told.
 *
 * @param fd of a socket that does not block
 */
export function ownConn(fd: number): ControlStream {
  const gone = (cause: unknown) => new Deno.errors.ConnectionReset("the other end is gone", { cause });
  return { ...promisesOf(new FdStream(fd, processPoller()), gone), ref() {}, unref() {} };
}
