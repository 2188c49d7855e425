/**
 * Manual pages in roff, with the macros of man(7).
 *
 * @module
 */

import { wrap } from "./columns.ts";

/** Escapes text for roff: no character of it is a command. */
export const plain = (text: string): string => text.replaceAll("\\", "\\e").replaceAll("-", "\\-");

/** Makes text bold. */
export const bold = (text: string): string => `\\fB${plain(text)}\\fR`;
/** Makes text italic. */
export const italic = (text: string): string => `\\fI${plain(text)}\\fR`;

/** Keeps a line from being a command, whatever it begins with. */
const line = (roff: string): string => roff.replace(/^([.'])/, "\\&$1");

/** Returns the first line of a page; the date is that of the last change of its text. */
export const title = (name: string, section: number, date: string, version: string): string =>
  `.TH ${name.toUpperCase()} ${section} "${date}" "ouro ${version}" "Ouroboros User Manual"`;

/** Returns the heading of a section. */
export const heading = (text: string): string => `.SH ${plain(text.toUpperCase())}`;
/** Returns the heading of a part of a section. */
export const subheading = (text: string): string => `.SS ${plain(text)}`;

/** Breaks running text into lines of at most 79 characters, none of which is a command. */
export const fill = (roff: string): string[] => wrap(roff, 77).map(line);

/** Returns a paragraph of roff. */
export const paragraph = (roff: string): string[] => [".PP", ...fill(roff)];

/** Returns a term, and indented under it what is said of it. */
export const item = (term: string, roff: string): string[] => [".TP", line(term), ...fill(roff)];

/** Moves lines one step to the right. */
export const indented = (lines: readonly string[]): string[] => [".RS 4", ...lines, ".RE"];

/** Keeps lines as they are, such as commands to type. */
export const literal = (lines: readonly string[]): string[] => [
  ".PP",
  ".RS 4",
  ".nf",
  ...lines.map((text) => line(plain(text))),
  ".fi",
  ".RE",
];
