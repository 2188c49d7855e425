/**
 * A watchdog for processes that run third parties' plugins: a thread that ends the process, with a line in the log, when a plugin
 * does not return.
 *
 * @module
 */
import type { Log, Timer } from "../../contract/ports.ts";
import { BEAT, CELLS } from "../../registry/guard/cells.ts";
import { LOOK_EVERY } from "../../registry/guard/loop_watch.ts";
import { type PluginFault, PluginGuard } from "../../registry/guard/plugin_guard.ts";
import { backgroundTimers } from "../clock.ts";
import type { LogOptions } from "../log/log.ts";

/** What the thread is told first; then {@link WatchedPlugin}s. */
export interface Watched {
  readonly cells: Int32Array;
  /** Where its line goes: a log, or a terminal's standard error; undefined: it ends the process without a word. */
  readonly log?: LogOptions | "stderr";
  readonly component: string;
  /** How long a call of a plugin may take, in seconds; left out: what it may in a daemon. */
  readonly seconds?: number;
  /** The IPCP that the process is; left out: it is none. The IRMd at the socket is told why it has ended. */
  readonly ipcp?: { readonly name: string; readonly admin: string };
}

/** What need not be said of a process. */
type More = Pick<Watched, "seconds" | "ipcp">;

/** How log lines name the plugin of a number. */
export interface WatchedPlugin {
  readonly id: number;
  readonly label: string;
  /** What the IRMd is told of it; left out: it is a file that is being loaded. */
  readonly plugin?: Pick<PluginFault, "kind" | "name" | "file">;
}

/** A watchdog. */
export interface Watchdog {
  /** What the guard of the plugins shares with it. */
  readonly cells: Int32Array;
  /** Tells it of a plugin. */
  know(id: number, label: string, plugin?: WatchedPlugin["plugin"]): void;
  /** Ends the thread: no plugin runs any more. */
  end(): void;
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
  log: Watched["log"],
  component: string,
  uncaught: (thrown: unknown) => boolean,
  more: More = {},
): Watchdog {
  const cells = new Int32Array(new SharedArrayBuffer(CELLS * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(module, { type: "module" });
  const told: Watched = { cells, log, component, ...more };
  worker.postMessage(told);
  let next: Timer;
  const beat = () => {
    Atomics.add(cells, BEAT, 1);
    next = backgroundTimers.after(LOOK_EVERY, beat);
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
    know: (id, label, plugin) => worker.postMessage({ id, label, plugin } satisfies WatchedPlugin),
    end: () => {
      next.cancel();
      worker.terminate();
    },
    exit: (status) => Deno.exit(status),
  };
}

/**
 * Puts the third parties' plugins of this process under guard, with a watchdog.
 *
 * @param lines takes a line of each plugin and method that fails; the others as for {@link startWatchdog}
 */
export function watchPlugins(
  module: URL,
  log: Watched["log"],
  component: string,
  lines: Log,
  more: More = {},
): { readonly guard: PluginGuard; readonly watchdog: Watchdog } {
  const watchdog = startWatchdog(module, log, component, (thrown) => guard.uncaught(thrown), more);
  const guard = new PluginGuard(lines, { cells: watchdog.cells });
  guard.onNamed = (id, label, plugin) => watchdog.know(id, label, plugin);
  return { guard, watchdog };
}
