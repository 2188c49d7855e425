/**
 * Connects to Unix sockets, also when many do so at once.
 *
 * @module
 */
import { systemTimers } from "../clock.ts";

/**
 * Milliseconds until the next try: so many at first, twice as many each time, so many in the end. It competes with the tries of those who
 * fill the queue, so it does not grow long.
 */
const PAUSE = { first: 2, last: 16 };
/** Tries until whoever listens counts as dead: about ten seconds. */
const TRIES = 640;

/** Connects to the socket at `path`, as {@link whileFull}. */
export const connectUnix = (path: string): Promise<Deno.UnixConn> =>
  whileFull(() => Deno.connect({ transport: "unix", path }));

/** Connects. Where the queue of the other end is full (`WouldBlock`), whoever listens is busy and not gone: it is tried again. */
export async function whileFull<Conn>(connect: () => Conn | Promise<Conn>): Promise<Conn> {
  let pause = PAUSE.first;
  for (let tried = 1;; tried++) {
    try {
      return await connect();
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.WouldBlock) || tried === TRIES) throw thrown;
    }
    await new Promise<void>((resume) => systemTimers.after(pause, resume));
    pause = Math.min(PAUSE.last, pause * 2);
  }
}
