/**
 * Text in columns.
 *
 * @module
 */

/** A left and a right text. */
export type Row = readonly [left: string, right: string];

/** Widest line, in characters. */
export const WIDTH = 80;

/**
 * Formats lines with the right texts under each other; long ones are broken at blanks. A left text that is too wide
 * has its right text on the next line.
 *
 * @param indent blanks in front of the left texts
 * @param width of the left column, blanks behind it included
 * @param widest line, in characters
 */
export function formatRows(rows: readonly Row[], indent: number, width: number, widest = WIDTH): string[] {
  const room = widest - indent - width;
  return rows.flatMap(([left, right]) => {
    const lines = wrap(right, room);
    const wide = left.length + 2 > width;
    const first = wide ? [" ".repeat(indent) + left] : [];
    if (lines.length === 0) return wide ? first : [" ".repeat(indent) + left];
    const body = lines.map((line, index) =>
      " ".repeat(indent) + (index === 0 && !wide ? left : "").padEnd(width) + line
    );
    return [...first, ...body];
  });
}

/** Returns the left column's width for `rows`: the widest left text of at most `most` characters, and two blanks. */
export const leftWidth = (rows: readonly Row[], most: number): number =>
  Math.max(4, ...rows.map(([left]) => left.length).filter((length) => length <= most)) + 2;

/** Breaks a text into lines of at most `width` characters at blanks; a no-break space becomes a blank. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines.map((line) => line.replaceAll("\u00a0", " "));
}

/** A column's title and its width in characters. */
export type Column = readonly [title: string, width: number];

/**
 * Returns the lines of a table as the reference prints them: cells aligned to the right, longer text pushes the border.
 *
 * @example
 * ```ts
 * import { formatTable } from "./columns.ts";
 * import assert from "node:assert/strict";
 * assert.equal(
 *   formatTable([["pid", 4]], [["1"], ["12345"]]),
 *   ["+------+", "|  pid |", "+------+", "|    1 |", "| 12345 |", "+------+"].join("\n"),
 * );
 * ```
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const border = `+${columns.map(([, width]) => "-".repeat(width + 2)).join("+")}+`;
  const line = (cells: readonly string[]) =>
    `| ${columns.map(([, width], index) => cells[index].padStart(width)).join(" | ")} |`;
  const title = line(columns.map(([text]) => text));
  return [border, title, border, ...rows.map(line), border].join("\n");
}

/**
 * Writes a number of things.
 *
 * @example
 * ```ts
 * import { counted } from "./columns.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([counted(1, "layer"), counted(2, "layer")], ["1 layer", "2 layers"]);
 * ```
 */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;
