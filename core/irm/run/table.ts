/**
 * Tables as the reference prints them: cells aligned to the right, longer text pushes the border.
 *
 * @module
 */

/** A column's title and its width in characters. */
export type Column = readonly [title: string, width: number];

/**
 * The lines of a table.
 *
 * @example
 * ```ts
 * import { formatTable } from "./table.ts";
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
