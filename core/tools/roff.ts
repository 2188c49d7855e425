/**
 * Manual pages in roff, with the macros of man(7).
 *
 * @module
 */

import { wrap } from "./columns.ts";

/** Text as roff reads it: no character of it is a command. */
export const plain = (text: string): string => text.replaceAll("\\", "\\e").replaceAll("-", "\\-");

/** Bold text. */
export const bold = (text: string): string => `\\fB${plain(text)}\\fR`;
/** Italic text. */
export const italic = (text: string): string => `\\fI${plain(text)}\\fR`;

/** A line that is no command, whatever it begins with. */
const line = (roff: string): string => roff.replace(/^([.'])/, "\\&$1");

/** The first line of a page; the date is that of the last change of its text. */
export const title = (name: string, section: number, date: string, version: string): string =>
  `.TH ${name.toUpperCase()} ${section} "${date}" "ouro ${version}" "Ouroboros User Manual"`;

/** The heading of a section. */
export const heading = (text: string): string => `.SH ${plain(text.toUpperCase())}`;
/** The heading of a part of a section. */
export const subheading = (text: string): string => `.SS ${plain(text)}`;

/** Running text as lines of at most 79 characters, none of which is a command. */
export const fill = (roff: string): string[] => wrap(roff, 77).map(line);

/** A paragraph of roff. */
export const paragraph = (roff: string): string[] => [".PP", ...fill(roff)];

/** A term, and indented under it what is said of it. */
export const item = (term: string, roff: string): string[] => [".TP", line(term), ...fill(roff)];

/** Lines one step further to the right. */
export const indented = (lines: readonly string[]): string[] => [".RS 4", ...lines, ".RE"];

/** Lines as they are, such as commands to type. */
export const literal = (lines: readonly string[]): string[] => [
  ".PP",
  ".RS 4",
  ".nf",
  ...lines.map((text) => line(plain(text))),
  ".fi",
  ".RE",
];
