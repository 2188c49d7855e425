/**
 * The log of a daemon: levels and components in front, a {@link LineQueue} behind. A logging library would cost each
 * IPCP process a tenth of its memory and bring nothing that is used (docs/architecture.md, Decisions).
 *
 * @module
 */
import type { Log } from "../../contract/ports.ts";
import { backgroundTimers, systemTimers } from "../clock.ts";
import { LineQueue } from "./line_queue.ts";
import {
  type LineFormat,
  type LogLevel,
  type LogRecord,
  plainFormat,
  systemLogFormat,
  wantsColours,
} from "./log_line.ts";
import { type Output, standardOutput, systemLog } from "./non_blocking_output.ts";

/** Where a log goes. */
export interface LogOptions {
  /** To standard output; else to the system log, and where there is none, errors and warnings to standard error. */
  readonly stdout: boolean;
  /** Name of the program, for the system log. */
  readonly program: string;
  readonly pid: number;
  /** Lines of level DB too; on unless it is false. */
  readonly debug?: boolean;
  /** Socket of the system log. */
  readonly systemLogPath?: string;
}

/** An open log. */
export interface OpenLog {
  readonly log: Log;
  /** Resolves when all lines are written, or nobody takes them, or after a second. Lines of that turn are written at once. */
  flush(): Promise<void>;
}

/** How long {@link OpenLog.flush} waits for somebody who does not read, in milliseconds. */
const FLUSH_LIMIT = 1000;

/** Where lines go, in which form, and from which level on. */
interface Target {
  readonly output: Output;
  readonly format: LineFormat;
  readonly lowest: LogLevel;
}

function target(options: LogOptions): Target {
  const { program, pid } = options;
  const lowest = options.debug === false ? "info" : "debug";
  const plain = (stream: typeof Deno.stdout | typeof Deno.stderr) =>
    plainFormat(pid, wantsColours((name) => Deno.env.get(name), stream.isTerminal()));
  if (options.stdout) return { output: standardOutput(1), format: plain(Deno.stdout), lowest };
  const output = systemLog(options.systemLogPath ?? "/dev/log");
  if (output) return { output, format: systemLogFormat(program, pid), lowest };
  return { output: standardOutput(2), format: plain(Deno.stderr), lowest: "warning" };
}

/** Gets rid of the log that is open. */
let end = () => {};
addEventListener("unload", () => end());

/**
 * Opens the log of this process; an earlier one of the same process ends. Logging never waits and never throws: lines
 * that nobody takes are dropped, counted, and told of once there is room. What is logged before the process ends by
 * `Deno.exit` or by itself is still offered to the output.
 *
 * @throws NotSupportedError where there is no C library to write with
 */
export function openLog(options: LogOptions): OpenLog {
  end();
  const { output, format, lowest } = target(options);
  const queue = new LineQueue(
    output,
    backgroundTimers,
    (count) => format({ component: "log", level: "warning", text: `${count} log lines were lost` }),
  );
  end = () => {
    queue.drain();
    output.close();
    end = () => {};
  };
  return {
    log: new QueueLog(options.program, (record) => {
      if (GRAVITY[record.level] >= GRAVITY[lowest]) queue.push(format(record));
    }),
    flush: () => {
      queue.drain();
      return new Promise((resolve) => {
        const limit = systemTimers.after(FLUSH_LIMIT, resolve);
        queue.whenIdle(() => {
          limit.cancel();
          resolve();
        });
      });
    },
  };
}

/** The order of levels. */
const GRAVITY: Record<LogLevel, number> = { debug: 0, info: 1, warning: 2, error: 3 };

/** The log of one component. */
class QueueLog implements Log {
  readonly #component: string;

  constructor(component: string, private readonly take: (record: LogRecord) => void) {
    this.#component = component;
  }

  error(text: string): void {
    this.take({ component: this.#component, level: "error", text });
  }
  warning(text: string): void {
    this.take({ component: this.#component, level: "warning", text });
  }
  info(text: string): void {
    this.take({ component: this.#component, level: "info", text });
  }
  debug(text: string): void {
    this.take({ component: this.#component, level: "debug", text });
  }
  component(name: string): Log {
    return new QueueLog(name, this.take);
  }
}
