/**
 * What is wrong with a command line.
 *
 * @module
 */
import type { Command } from "../command.ts";

/** What is wrong, and what would be right. */
export interface Fault {
  readonly kind: "fault";
  /** A sentence; it begins as the reference's does. */
  readonly message: string;
  /** The word at fault. */
  readonly word?: string;
  /** The words that would be valid in its place. */
  readonly valid?: readonly string[];
  /** The word is none of the keywords. */
  readonly unknownKeyword?: boolean;
  /** The command whose usage is shown with it. */
  readonly usage?: Command;
  /** A sentence about why what was meant may not be known. */
  readonly note?: string;
  /** The type of IPCP that was chosen: usage shows its options. */
  readonly type?: string;
}

/** Quotes a word for messages, without what could confuse a terminal. */
export const quote = (word: string): string =>
  // deno-lint-ignore no-control-regex
  `"${word.replace(/[\x00-\x1f\x7f-\x9f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`)}"`;
