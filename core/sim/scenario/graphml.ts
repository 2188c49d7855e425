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
  /** What of the file was passed over, in words. */
  readonly notes: readonly string[];
}

/** Kilometres that light gets in fibre in a millisecond. */
const KM_PER_MS = 200;
const EARTH_KM = 6371;
/** The shortest delay that a place can give, in milliseconds. */
const LEAST = 0.01;
/** Longest file, in characters, and most nodes. */
const MAX_TEXT = 32 * 1024 * 1024, MAX_NODES = 100_000;
/** Most links of which each is told that it is passed over. */
const MAX_NOTES = 10;

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
  /** Where it begins, in characters. */
  readonly at: number;
  readonly attributes: Attributes;
  readonly data: Attributes;
}

/**
 * Reads a graph. Links that are there twice count once, and those from a node to itself do not count; notes tell of both.
 *
 * @param path names the file in errors
 * @throws InvalidError that names the line, when it is no such file
 *
 * @example
 * ```ts
 * import { readGraphml } from "./graphml.ts";
 * import assert from "node:assert/strict";
 * const text = '<graphml><graph><node id="0"/><node id="1"/><edge source="0" target="1"/></graph></graphml>';
 * assert.deepEqual(readGraphml(text, "two.graphml"), {
 *   names: ["0", "1"],
 *   links: [{ ends: [0, 1] }],
 *   notes: [],
 * });
 * ```
 */
export function readGraphml(text: string, path: string): Graph {
  // Comments are blanked out, so that all else stays in its line.
  const bare = text.replaceAll(/<!--[\s\S]*?-->/g, (comment) => comment.replaceAll(/[^\n]/g, " "));
  const lineOf = (offset: number) => `line ${bare.slice(0, offset).split("\n").length}`;
  const fail = (what: string, offset?: number): never => {
    throw new InvalidError(`${path}: ${offset === undefined ? "" : `${lineOf(offset)}: `}${what}`);
  };
  if (text.length > MAX_TEXT) fail(`it has more than ${MAX_TEXT} characters`);
  const root = bare.search(/<graphml[\s>]/);
  if (root < 0) fail("it is no GraphML: there is no <graphml> in it", 0);
  const keys = new Map<string, string>();
  for (const [, inside] of bare.matchAll(/<key\s([^>]*)>/g)) {
    const { id, "attr.name": name } = attributes(inside);
    if (id !== undefined && name !== undefined) keys.set(id, name);
  }
  const elements = (tag: string): Element[] =>
    [...bare.matchAll(new RegExp(`<${tag}(?=[\\s/>])([^>]*?)(?:/>|>([\\s\\S]*?)</${tag}>)`, "g"))].map(
      ({ index, 1: inside, 2: body = "" }) => ({
        at: index,
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
  if (nodes.length === 0) fail("it has no <node>", root);
  if (nodes.length > MAX_NODES) fail(`it has more than ${MAX_NODES} nodes`);
  const numbers = new Map<string, number>();
  for (const [index, { at, attributes: { id } }] of nodes.entries()) {
    if (id === undefined) fail("a <node> has no id", at);
    const same = numbers.get(id);
    if (same !== undefined) fail(`the node "${id}" is there already: ${lineOf(nodes[same].at)}`, at);
    numbers.set(id, index);
  }
  const names = namesOf(nodes);
  const links = new Map<string, Graph["links"][number] & { readonly at: number }>();
  const passedOver: string[] = [];
  let more = 0;
  const note = (what: () => string) => passedOver.length < MAX_NOTES ? passedOver.push(what()) : more++;
  for (const { at, attributes: { source, target }, data } of elements("edge")) {
    const find = (node: string | undefined, end: string): number =>
      node === undefined
        ? fail(`an <edge> has no ${end}`, at)
        : numbers.get(node) ?? fail(`an <edge> has the ${end} "${node}", which is no node`, at);
    const [a, b] = [find(source, "source"), find(target, "target")];
    if (a === b) {
      note(() => `${path}: ${lineOf(at)}: the link from ${names[a]} to itself is left out`);
      continue;
    }
    const ends = [Math.min(a, b), Math.max(a, b)] as const;
    const same = links.get(ends.join());
    if (same) {
      note(() =>
        `${path}: ${lineOf(at)}: ${names[a]} and ${names[b]} are joined already, in ${
          lineOf(same.at)
        }: it counts once`
      );
      continue;
    }
    const rate = Number(data.LinkSpeedRaw);
    const delay = delayOf(nodes[a].data, nodes[b].data);
    links.set(ends.join(), {
      at,
      ends,
      ...delay === undefined ? {} : { delay },
      ...rate >= 1 ? { rate } : {},
    });
  }
  if (more > 0) passedOver.push(`${path}: ${more} more links are left out likewise`);
  return { names, links: [...links.values()].map(({ at: _, ...link }) => link), notes: passedOver };
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
