/**
 * Puts back what somebody has removed from the runtime folder of a running IRMd: cleaners of temporary files take its sockets for
 * unused, since the kernel knows them by another name.
 *
 * @module
 */
import { asOuroError } from "../contract/errors.ts";
import type { Log, Timer, Timers } from "../contract/ports.ts";
import { systemTimers } from "../os/clock.ts";
import { isThere } from "../os/unix/socket_path.ts";
import { listensIn } from "../os/unix/unix_listener.ts";

/** Milliseconds between two looks. */
const INTERVAL = 1000;
/** Milliseconds in which an IRMd whose lock was removed has put it back, and between two looks for it. */
const RETURN = { within: 2 * INTERVAL, look: 50 };

/** A socket that can be put back. */
interface Socket<Self> {
  /** Returns what listens from now on. */
  putBack(): Promise<Self>;
}

/** What the folder must hold. */
export interface Kept<S extends Socket<S>> {
  /** The folder and that of the data sockets. */
  readonly folder: { readonly flows: string; create(): void };
  /** Says whether it was gone. */
  readonly lock: { putBack(): boolean };
  readonly files: readonly { putBack(): void }[];
  readonly sockets: readonly S[];
}

/** Looks after a runtime folder. */
export class FolderKeeper<S extends Socket<S>> {
  readonly #kept: Kept<S>;
  readonly #sockets: S[];
  readonly #timers: Timers;
  readonly #log: Log;
  #timer: Timer;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;
  /** What is wrong, so that it is told once. */
  #fault: string | undefined;

  constructor(kept: Kept<S>, timers: Timers, log: Log) {
    this.#kept = kept;
    this.#sockets = [...kept.sockets];
    this.#timers = timers;
    this.#log = log;
    this.#timer = this.#next();
  }

  /** Ends the looks. @returns the sockets that listen */
  async stop(): Promise<readonly S[]> {
    this.#stopped = true;
    this.#timer.cancel();
    await this.#looking;
    return this.#sockets;
  }

  #next(): Timer {
    return this.#timers.after(INTERVAL, () => this.#looking = this.#look());
  }

  async #look(): Promise<void> {
    try {
      const { folder } = this.#kept;
      if (!isThere(folder.flows)) folder.create();
      // Where another IRMd has the lock, its sockets are none of ours.
      let removed = this.#kept.lock.putBack();
      for (const file of this.#kept.files) file.putBack();
      for (const [index, socket] of this.#sockets.entries()) {
        this.#sockets[index] = await socket.putBack();
        removed ||= this.#sockets[index] !== socket;
      }
      if (removed) this.#log.warning("Somebody has removed files of the runtime folder: they are put back.");
      this.#fault = undefined;
    } catch (thrown) {
      const { message } = asOuroError(thrown);
      if (message !== this.#fault) this.#log.error(`Cannot put back the runtime folder: ${message}.`);
      this.#fault = message;
    }
    if (!this.#stopped) this.#timer = this.#next();
  }
}

/**
 * Waits while an IRMd listens in the folder whose lock was removed, until it has put that back: whoever took a lock of his own
 * meanwhile would run beside it. What others show of themselves is believed for two seconds, no longer.
 */
export async function ownerToReturn(folder: { readonly path: string; readonly lock: string }): Promise<void> {
  for (let waited = 0; waited < RETURN.within; waited += RETURN.look) {
    if (isThere(folder.lock) || !await listensIn(folder.path)) return;
    await new Promise<void>((resume) => systemTimers.after(RETURN.look, resume));
  }
}
