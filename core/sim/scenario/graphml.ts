/**
 * Reads graphs as the Topology Zoo has them: GraphML with names, places and rates.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";

/** A graph. */
export interface Graph {
  readonly names: readonly string[];
  /** Delays are milliseconds, rates are bits a second; left out: the file does not say. */
  readonly links: readonly {
    readonly ends: readonly [number, number];
    readonly delay?: number;
    readonly rate?: number;
  }[];
}

/** Kilometres that light gets in fibre in a millisecond. */
const KM_PER_MS = 200;
const EARTH_KM = 6371;
/** The shortest delay that a place can give, in milliseconds. */
const LEAST = 0.01;
/** Longest file, in characters, and most nodes. */
const MAX_TEXT = 32 * 1024 * 1024, MAX_NODES = 100_000;

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

const plain = (text: string): string =>
  text.replaceAll(/&(#x[0-9a-f]{1,6}|#\d{1,7}|\w{1,5});/gi, (whole, name: string) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    const code = name[1].toLowerCase() === "x" ? parseInt(name.slice(2), 16) : Number(name.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  }).trim();

type Attributes = Readonly<Record<string, string>>;

const attributes = (text: string): Attributes =>
  Object.fromEntries(
    [...text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].map(([, key, one, other]) => [
      key,
      plain(one ?? other),
    ]),
  );

/** An element of the graph with its `<data>`, by the names that `<key>` gives them. */
interface Element {
  readonly attributes: Attributes;
  readonly data: Attributes;
}

/**
 * Reads a graph. Links that are there twice count once.
 *
 * @param path names the file in errors
 * @throws InvalidError when it is no such file
 *
 * @example
 * ```ts
 * import { readGraphml } from "./graphml.ts";
 * import assert from "node:assert/strict";
 * const text = '<graphml><graph><node id="0"/><node id="1"/><edge source="0" target="1"/></graph></graphml>';
 * assert.deepEqual(readGraphml(text, "two.graphml"), { names: ["0", "1"], links: [{ ends: [0, 1] }] });
 * ```
 */
export function readGraphml(text: string, path: string): Graph {
  const fail = (what: string): never => {
    throw new InvalidError(`${path} ${what}`);
  };
  if (text.length > MAX_TEXT) fail(`has more than ${MAX_TEXT} characters`);
  const bare = text.replaceAll(/<!--[\s\S]*?-->/g, "");
  if (!/<graphml[\s>]/.test(bare)) fail("is no GraphML: there is no <graphml> in it");
  const keys = new Map<string, string>();
  for (const [, inside] of bare.matchAll(/<key\s([^>]*)>/g)) {
    const { id, "attr.name": name } = attributes(inside);
    if (id !== undefined && name !== undefined) keys.set(id, name);
  }
  const elements = (tag: string): Element[] =>
    [...bare.matchAll(new RegExp(`<${tag}\\s([^>]*?)(?:/>|>([\\s\\S]*?)</${tag}>)`, "g"))].map(
      ([, inside, body = ""]) => ({
        attributes: attributes(inside),
        data: Object.fromEntries(
          [...body.matchAll(/<data\s([^>]*)>([^<]*)<\/data>/g)].map(([, own, value]) => {
            const { key = "" } = attributes(own);
            return [keys.get(key) ?? key, plain(value)];
          }),
        ),
      }),
    );
  const nodes = elements("node");
  if (nodes.length === 0) fail("has no <node>");
  if (nodes.length > MAX_NODES) fail(`has more than ${MAX_NODES} nodes`);
  const numbers = new Map(nodes.map(({ attributes: { id = "" } }, index) => [id, index]));
  const names = namesOf(nodes);
  const links = new Map<string, Graph["links"][number]>();
  for (const { attributes: { source = "", target = "" }, data } of elements("edge")) {
    const a = numbers.get(source) ?? fail(`has an <edge> from "${source}", which is no node`);
    const b = numbers.get(target) ?? fail(`has an <edge> to "${target}", which is no node`);
    if (a === b) continue;
    const ends = [Math.min(a, b), Math.max(a, b)] as const;
    const rate = Number(data.LinkSpeedRaw);
    const delay = delayOf(nodes[a].data, nodes[b].data);
    if (links.has(ends.join())) continue;
    links.set(ends.join(), {
      ends,
      ...delay === undefined ? {} : { delay },
      ...rate >= 1 ? { rate } : {},
    });
  }
  return { names, links: [...links.values()] };
}

/** Returns the label of each node; where there is none, or another one has it, its id beside it. */
function namesOf(nodes: readonly Element[]): string[] {
  const used = new Set<string>();
  return nodes.map(({ attributes: { id = "" }, data: { label = "" } }) => {
    const name = [label, label === "" ? id : `${label} ${id}`].find((one) => one !== "" && !used.has(one)) ??
      id;
    used.add(name);
    return name;
  });
}

/** Returns the time of light between two places. */
function delayOf(a: Attributes, b: Attributes): number | undefined {
  const [lat1, lon1, lat2, lon2] = [a.Latitude, a.Longitude, b.Latitude, b.Longitude].map((degrees) =>
    degrees === undefined || degrees === "" ? NaN : Number(degrees) * Math.PI / 180
  );
  const half = (angle: number) => Math.sin(angle / 2) ** 2;
  const part = half(lat2 - lat1) + Math.cos(lat1) * Math.cos(lat2) * half(lon2 - lon1);
  const km = 2 * EARTH_KM * Math.asin(Math.sqrt(Math.min(1, part)));
  if (Number.isNaN(km)) return undefined;
  return Math.max(LEAST, Math.round(1000 * km / KM_PER_MS) / 1000);
}
