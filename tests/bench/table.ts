/**
 * Rows of the table that `deno task bench` prints: what was measured, the bare floor of the same run, the ratio, the demand.
 *
 * @module
 */

/** One measured figure. */
export interface Row {
  /** What was measured. */
  readonly what: string;
  /** The figure with its unit. */
  readonly value: string;
  /** The floor of the same run with its unit, where there is one. */
  readonly floor?: string;
  /** Value against floor, where there is a floor. */
  readonly ratio?: number;
  /** What must be reached, in words. */
  readonly required: string;
  /** Is it reached? */
  readonly reached: boolean;
}

/** The rows as a Markdown table. */
export function markdown(rows: readonly Row[]): string {
  const lines = rows.map(({ what, value, floor, ratio, required, reached }) =>
    `| ${what} | ${value} | ${floor ?? "–"} | ${ratio?.toFixed(2) ?? "–"} | ${required} | ${
      reached ? "yes" : "**no**"
    } |`
  );
  return [
    "| what | measured | bare floor | ratio | must reach | reached |",
    "|---|---|---|---|---|---|",
    ...lines,
  ].join("\n");
}

const PAGE = new URL("../../docs/performance.md", import.meta.url);

/** Puts the rows between the marks `<!-- NAME -->` and `<!-- /NAME -->` of docs/performance.md. */
export async function writeTable(name: string, rows: readonly Row[]): Promise<void> {
  const page = await Deno.readTextFile(PAGE);
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`${PAGE.pathname} has no place for ${name}`);
  const table = `${open}\n\n${markdown(rows)}\n\n`;
  await Deno.writeTextFile(PAGE, page.slice(0, start) + table + page.slice(end));
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
