/**
 * A watchdog for processes that run third parties' plugins: a thread that ends the process, with a line in the log, when a plugin
 * does not return.
 *
 * @module
 */
import type { LogOptions } from "../log/log.ts";
import { BEAT, CELLS, LOOK_EVERY } from "../../registry/guard/loop_watch.ts";
import { backgroundTimers } from "../clock.ts";

/** What the thread is told first; then {@link WatchedPlugin}s. */
export interface Watched {
  readonly cells: Int32Array;
  /** Where its line goes; undefined: it ends the process without a word. */
  readonly log?: LogOptions;
  readonly component: string;
}

/** How log lines name the plugin of a number. */
export interface WatchedPlugin {
  readonly id: number;
  readonly label: string;
}

/** A watchdog. */
export interface Watchdog {
  /** What the guard of the plugins shares with it. */
  readonly cells: Int32Array;
  /** Tells it of a plugin. */
  know(id: number, label: string): void;
  /** Ends the process: a plugin may have left timers behind that would keep it alive. */
  exit(status: number): never;
}

/**
 * Starts a watchdog.
 *
 * @param module of its thread, {@link ./watchdog_worker.ts}
 * @param log where its line goes; undefined: it ends the process without a word
 * @param uncaught takes what was thrown outside all calls. True: the process goes on
 */
export function startWatchdog(
  module: URL,
  log: LogOptions | undefined,
  component: string,
  uncaught: (thrown: unknown) => boolean,
): Watchdog {
  const cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(module, { type: "module" });
  const told: Watched = { cells, log, component };
  worker.postMessage(told);
  const beat = () => {
    Atomics.add(cells, BEAT, 1);
    backgroundTimers.after(LOOK_EVERY, beat);
  };
  beat();
  addEventListener("error", (event) => {
    if (uncaught(event.error)) event.preventDefault();
  });
  addEventListener("unhandledrejection", (event) => {
    if (uncaught(event.reason)) event.preventDefault();
  });
  return {
    cells,
    know: (id, label) => worker.postMessage({ id, label } satisfies WatchedPlugin),
    exit: (status) => Deno.exit(status),
  };
}
