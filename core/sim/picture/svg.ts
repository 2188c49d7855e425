/**
 * A picture of a scenario: the links at the bottom, as broad as much went over them, and the layers above.
 *
 * @module
 */
import type { LinkCount } from "../play/play.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { layoutOf, type Point } from "./layout.ts";

/** Size of a floor of the picture, in pixels, and how much of it the slant takes. */
const WIDTH = 900, HEIGHT = 260, GAP = 40, SLANT = 120, MARGIN = 60;
/** Most hosts that have their names in the picture, and most floors. */
const NAMED = 60, FLOORS = 16;
const COLOURS = ["#4878a8", "#b07030", "#508050", "#a04868", "#7860a8", "#607078"];

/** Makes a text safe within XML. */
export const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;")
    .replaceAll(/[\p{Cc}]/gu, "?");

const round = (value: number): string => String(Math.round(10 * value) / 10);

/** A floor: what is drawn on it. */
interface Floor {
  readonly title: string;
  readonly colour: string;
  readonly hosts: readonly number[];
  readonly edges: readonly {
    readonly ends: readonly [number, number];
    readonly width: number;
    readonly hint: string;
  }[];
}

const bytesText = (bytes: number): string =>
  bytes >= 1e6
    ? `${(bytes / 1e6).toFixed(1)} MB`
    : bytes >= 1e3
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : `${bytes} bytes`;

/** Returns the picture as SVG. @param counts what went over each link */
export function svgOf(scenario: Scenario, counts: readonly LinkCount[]): string {
  const { hosts, links, layers, title } = scenario;
  const places = layoutOf({ nodes: hosts.length, edges: links.map(({ ends }) => ends) });
  const most = Math.max(1, ...counts.map(({ bytes }) => bytes));
  const ground: Floor = {
    title: "links (the broader, the more bytes went over them)",
    colour: "#404040",
    hosts: [...hosts.keys()],
    edges: links.map(({ ends }, index) => {
      const { packets, bytes } = counts[index];
      const [a, b] = ends.map((host) => hosts[host]);
      return {
        ends,
        width: 0.6 + 7 * Math.sqrt(bytes / most),
        hint: `${a} – ${b}: ${packets} packets, ${bytesText(bytes)}`,
      };
    }),
  };
  const floors = layers.slice(0, FLOORS - 1).map(({ name, members, topology, type }, index): Floor => ({
    title: `layer ${name} (${type})`,
    colour: COLOURS[index % COLOURS.length],
    hosts: members,
    edges: topology.edges.map(([a, b]) => ({
      ends: [members[a], members[b]],
      width: 1.2,
      hint: `${hosts[members[a]]} – ${hosts[members[b]]}`,
    })),
  }));
  const all = [...floors.reverse(), ground];
  const height = all.length * (HEIGHT + GAP) + GAP;
  const whole = WIDTH + SLANT + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole} ${height}" font-family="sans-serif" font-size="11">`,
    `<title>${xml(title)}</title>`,
    `<rect width="${whole}" height="${height}" fill="#ffffff"/>`,
    ...all.flatMap((floor, index) => floorOf(floor, GAP + index * (HEIGHT + GAP), places, hosts)),
    "</svg>",
  ].join("\n");
}

function floorOf(floor: Floor, top: number, places: readonly Point[], hosts: readonly string[]): string[] {
  const at = (host: number): Point => {
    const [x, y] = places[host];
    return [MARGIN + SLANT * (1 - y) + x * WIDTH, top + 20 + y * (HEIGHT - 40)];
  };
  const corners: Point[] = [
    [MARGIN + SLANT - 30, top],
    [MARGIN + SLANT + WIDTH + 30, top],
    [MARGIN + WIDTH + 30, top + HEIGHT],
    [MARGIN - 30, top + HEIGHT],
  ];
  return [
    `<polygon points="${
      corners.map((corner) => corner.map(round).join()).join(" ")
    }" fill="${floor.colour}" fill-opacity="0.06" stroke="${floor.colour}" stroke-opacity="0.3"/>`,
    `<text x="${MARGIN}" y="${top - 6}" fill="${floor.colour}">${xml(floor.title)}</text>`,
    ...floor.edges.map(({ ends, width, hint }) => {
      const [[x1, y1], [x2, y2]] = ends.map(at);
      return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${
        round(y2)
      }" stroke="${floor.colour}" ` +
        `stroke-opacity="0.7" stroke-width="${round(width)}"><title>${xml(hint)}</title></line>`;
    }),
    ...floor.hosts.flatMap((host) => {
      const [x, y] = at(host);
      const radius = hosts.length > NAMED ? 2 : 5;
      return [
        `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${floor.colour}"><title>${
          xml(hosts[host])
        }</title></circle>`,
        ...hosts.length > NAMED
          ? []
          : [`<text x="${round(x + 7)}" y="${round(y - 6)}" fill="#202020">${xml(hosts[host])}</text>`],
      ];
    }),
  ];
}
