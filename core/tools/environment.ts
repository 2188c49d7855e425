/**
 * What the command-line tools need from outside; tests fake it.
 *
 * @module
 */
import type { ListedPlugin } from "../registry/registry.ts";

/** A word that completion offers. An empty word asks the shell for something: its `help` is `files`, `commands` or `users`. */
export interface Candidate {
  readonly word: string;
  readonly help: string;
}

/** Where a tool prints. */
export interface Output {
  /** Prints to standard output; the text has no line end. */
  print(text: string): void;
  /** Prints to standard error; the text has no line end. */
  complain(text: string): void;
}

/** What turns words into absolute paths. */
export interface Machine {
  /** Absolute path of a program. @throws OuroError when there is none, or it may not be run */
  findProgram(word: string): Promise<string>;
  /** Absolute path of a file that exists. @throws OuroError when it does not */
  realPath(path: string): Promise<string>;
}

/** A terminal at which somebody reads what is printed. */
export interface Terminal {
  /** Characters in a line. */
  readonly columns: number;
  /** Text may be bold or underlined. */
  readonly styles: boolean;
  /** Shows a long text, a screen at a time where there is a program for that; resolves when it has been read. */
  show(text: string): Promise<void>;
}

/** The world around a tool. */
export interface Environment extends Output, Machine {
  /** Asks the IRMd. @throws OuroError, of which IrmdError says that there is no IRMd */
  call(method: string, params: unknown): Promise<unknown>;
  /** Returns where the standard output goes; undefined: into a file or a pipe. */
  terminal(): Promise<Terminal | undefined>;
  /** Returns the built-in plugins, for when there is no IRMd. */
  builtins(): Promise<readonly ListedPlugin[]>;
}
