/**
 * The forms of a line of the log: on a terminal or in a file, and in the system log.
 *
 * @module
 */

/** How grave a line is. */
export type LogLevel = "error" | "warning" | "info" | "debug";

/** A line before it has a form. */
export interface LogRecord {
  /** The part of the program that speaks: `irmd`, `ipcpd-local`, … */
  readonly component: string;
  readonly level: LogLevel;
  readonly text: string;
}

/** Gives lines their form. */
export type LineFormat = (record: LogRecord) => string;

/** Two letters, colour and priority (RFC 5424 §6.2.1, facility daemon) of each level. */
const LEVELS: Record<
  LogLevel,
  { readonly word: string; readonly colour: string; readonly priority: number }
> = {
  error: { word: "EE", colour: "\x1b[31m", priority: 3 * 8 + 3 },
  warning: { word: "WW", colour: "\x1b[33m", priority: 3 * 8 + 4 },
  info: { word: "II", colour: "\x1b[32m", priority: 3 * 8 + 6 },
  debug: { word: "DB", colour: "", priority: 3 * 8 + 7 },
};
const RESET = "\x1b[0m";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/;
// deno-lint-ignore no-control-regex
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;

/** A text that cannot end its line or command a terminal: control characters become `\xNN`. */
function tame(text: string): string {
  if (!CONTROL.test(text)) return text;
  return text.replace(CONTROLS, (found) => "\\x" + found.charCodeAt(0).toString(16).padStart(2, "0"));
}

/**
 * The form for standard output: `==PPPPP== COMPONENT(LV): text`.
 *
 * @example
 * ```ts
 * import { plainFormat } from "./log_line.ts";
 * import assert from "node:assert/strict";
 * const format = plainFormat(749, false);
 * assert.equal(format({ component: "irmd", level: "info", text: "Bye." }), "==00749== irmd(II): Bye.");
 * ```
 */
export function plainFormat(pid: number, colours: boolean): LineFormat {
  const start = `==${String(pid).padStart(5, "0")}== `;
  return ({ component, level, text }) => {
    const { word, colour } = LEVELS[level];
    const line = `${start}${component}(${word}): ${tame(text)}`;
    return colours ? colour + line + RESET : line;
  };
}

/** The form for the system log: `<PRI>program[pid]: COMPONENT: text`. */
export function systemLogFormat(program: string, pid: number): LineFormat {
  const ident = `${program}[${pid}]: `;
  return ({ component, level, text }) => `<${LEVELS[level].priority}>${ident}${component}: ${tame(text)}`;
}

/** Whether lines have colours: `FORCE_COLOR` says so, or it is a terminal and `NO_COLOR` does not forbid it. */
export function wantsColours(env: (name: string) => string | undefined, terminal: boolean): boolean {
  const force = env("FORCE_COLOR");
  if (force) return force !== "0";
  return terminal && !env("NO_COLOR");
}
