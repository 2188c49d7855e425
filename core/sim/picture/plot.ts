/**
 * Plots over time, as SVG.
 *
 * @module
 */
import { xml } from "./svg.ts";

/** A plot. */
export interface Plot {
  readonly title: string;
  readonly unit: string;
  /** Seconds from the left to the right. */
  readonly seconds: number;
  /** Values at even times; null: there is none. */
  readonly lines: readonly (readonly (number | null)[])[];
  /** Times in seconds, with what happened. */
  readonly marks: readonly { readonly at: number; readonly text: string }[];
}

const WIDTH = 860, HEIGHT = 180, LEFT = 70, TOP = 26, BOTTOM = 24;

/** Returns a number of 1, 2 or 5 and zeros that is not below a value. */
function ceiling(value: number): number {
  if (value <= 0) return 1;
  const size = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * size).find((one) => one >= value * 0.999) ?? value;
}

const round = (value: number): string => String(Math.round(10 * value) / 10);

/** Returns the plot as SVG. */
export function plotOf({ title, unit, seconds, lines, marks }: Plot): string {
  let most = 0;
  for (const line of lines) for (const value of line) most = Math.max(most, value ?? 0);
  const top = ceiling(most);
  const x = (part: number) => LEFT + part * (WIDTH - LEFT - 10);
  const y = (value: number) => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const text = (left: number, at: number, words: string, more = "") =>
    `<text x="${round(left)}" y="${round(at)}" ${more}>${xml(words)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11">`,
    text(LEFT, 14, `${title} (${unit})`, 'font-weight="bold"'),
    ...[0, 0.5, 1].flatMap((part) => [
      `<line x1="${LEFT}" x2="${WIDTH - 10}" y1="${round(y(part * top))}" y2="${
        round(y(part * top))
      }" stroke="#d0d0d0"/>`,
      text(LEFT - 6, y(part * top) + 4, String(Number((part * top).toPrecision(3))), 'text-anchor="end"'),
    ]),
    ...[0, 0.25, 0.5, 0.75, 1].map((part) =>
      text(x(part), HEIGHT - 8, `${Number((part * seconds).toPrecision(3))} s`, 'text-anchor="middle"')
    ),
    ...marks.map(({ at, text: words }) =>
      `<line x1="${round(x(at / seconds))}" x2="${round(x(at / seconds))}" y1="${TOP}" y2="${
        HEIGHT - BOTTOM
      }" ` +
      `stroke="#c04040" stroke-dasharray="3 3"><title>${xml(words)}</title></line>`
    ),
    ...lines.map((line, index) => {
      const colour = `hsl(${Math.round(index * 137.5) % 360} 55% 45%)`;
      return `<path d="${pathOf(line, x, y)}" fill="none" stroke="${colour}" stroke-width="1.3"/>`;
    }),
    "</svg>",
  ].join("\n");
}

function pathOf(
  line: readonly (number | null)[],
  x: (part: number) => number,
  y: (value: number) => number,
): string {
  let drawing = false;
  return line.map((value, index) => {
    const move = drawing ? "L" : "M";
    drawing = value !== null;
    return value === null ? "" : `${move}${round(x((index + 0.5) / line.length))} ${round(y(value))}`;
  }).join("");
}
