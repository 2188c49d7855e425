/**
 * What was seen of a scenario, as one page that needs no network: tables, plots, and the picture.
 *
 * @module
 */
import type { Play } from "../play/play.ts";
import type { FlowFindings, PlayFindings } from "../play/findings.ts";
import { tablesOf } from "../play/tables.ts";
import { type Plot, plotOf } from "./plot.ts";
import { svgOf, xml } from "./svg.ts";

const STYLE =
  `body { font: 14px sans-serif; margin: 2em auto; max-width: 70em; color: #202020; background: #ffffff }
table { border-collapse: collapse; margin: 1em 0 } th, td { border: 1px solid #d0d0d0; padding: 0.2em 0.6em; text-align: right }
th:first-child, td:first-child { text-align: left } th { background: #f0f0f0 } svg { width: 100%; height: auto }`;

/** Returns the page. */
export function htmlOf({ scenario, links }: Play, found: PlayFindings): string {
  const [heading, ...parts] = tablesOf(found).split("\n\n");
  return [
    `<!doctype html>`,
    `<html lang="en"><head><meta charset="utf-8"><title>${
      xml(found.title)
    }</title><style>${STYLE}</style></head><body>`,
    `<h1>${xml(found.title)}</h1><p>${xml(heading)}</p>`,
    ...parts.map((part) => part.startsWith("|") ? tableOf(part) : `<p>${xml(part)}</p>`),
    ...found.flows.flatMap((flow) => plotsOf(flow, found).map(plotOf)),
    `<h2>Layers, and where packets went</h2>`,
    svgOf(scenario, links),
    `</body></html>`,
  ].join("\n");
}

/** Turns a table in Markdown into one of the page. */
function tableOf(text: string): string {
  const [head, , ...rows] = text.split("\n").map((line) =>
    line.slice(1, -1).split("|").map((cell) => cell.trim())
  );
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${xml(cell)}</${tag}>`).join("")}</tr>`;
  return `<table>${row(head, "th")}${rows.map((cells) => row(cells, "td")).join("")}</table>`;
}

function plotsOf({ name, kind, series }: FlowFindings, { duration, events }: PlayFindings): Plot[] {
  const common = {
    seconds: duration / 1000,
    marks: events.map(({ at, text }) => ({ at: at / 1000, text })),
  };
  return [
    {
      ...common,
      title: `${name}: goodput of each flow`,
      unit: "Mb/s",
      lines: series.goodput.map((line) => line.map((rate) => rate / 1e6)),
    },
    {
      ...common,
      title: `${name}: delay${kind === "ping" ? " there and back" : ""}`,
      unit: "ms",
      lines: [series.delay],
    },
    { ...common, title: `${name}: packets that did not arrive`, unit: "packets", lines: [series.lost] },
  ];
}
