/**
 * `[topology]` and `[link]` of a scenario: hosts, and the links between them.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { at, element, type Place } from "../../irmd/config/toml.ts";
import { name } from "../../wire/local/fields.ts";
import { distances, type Topology, topologyOf } from "../experiment/topology.ts";
import { type Graph, readGraphml } from "./graphml.ts";
import { LINK_KEYS, MOST, TOPOLOGY_KEYS } from "./keys.ts";
import { Names, Table } from "./read_table.ts";
import type { LinkSettings, ScenarioLink } from "./scenario.ts";
import { checkShape, SHAPES } from "./shapes.ts";

/** Hosts and links. */
export interface Hosts {
  readonly names: Names;
  /** In ascending order of their ends. */
  readonly links: readonly ScenarioLink[];
  readonly topology: Topology;
  /** Number of the region of each host. */
  readonly regions: readonly number[];
  /** What is right, and perhaps not what was meant. */
  readonly notes: readonly string[];
  /** Returns the number of the link between two hosts; undefined: there is none. */
  linkOf(a: number, b: number): number | undefined;
}

/** A link with the hosts that it joins, and what only it is like. */
interface Joint extends Partial<LinkSettings> {
  readonly ends: readonly [number, number];
}

const DEFAULT: LinkSettings = { delay: 1, jitter: 0, rate: Infinity, queue: 1024, loss: 0, mtu: 1400 };

/** Reads them. @param graphml the text of the graph that the table names @throws ConfigError */
export function readHosts(
  topology: Table,
  link: Table | undefined,
  seed: number,
  graphml: string | undefined,
): Hosts {
  topology.check(TOPOLOGY_KEYS);
  link?.check(LINK_KEYS);
  const all = { ...DEFAULT, ...link ? settingsOf(link) : {} };
  const given = ["shape", "links", "graphml"].filter((key) => topology.has(key));
  if (given.length !== 1) {
    throw topology.fault(
      given[1] ?? "",
      `topology needs one of: shape, links, graphml; ${
        given.length === 0 ? "none" : given.join(" and ")
      } is given`,
    );
  }
  if (given[0] !== "shape") {
    for (const key of ["nodes", "degree", "regions", "joined", "joints"]) {
      if (topology.has(key)) throw topology.fault(key, `${key} goes with shape`);
    }
  }
  const drawn = given[0] === "shape"
    ? ofShape(topology, seed)
    : given[0] === "links"
    ? ofLinks(topology)
    : ofGraphml(topology, graphml);
  return finish(topology, given[0], drawn, all);
}

function finish(
  table: Table,
  key: string,
  { names, joints, regions, notes = [] }: Drawn,
  all: LinkSettings,
): Hosts {
  const byEnds = new Map<number, Joint>();
  for (const joint of joints) {
    const [a, b] = [Math.min(...joint.ends), Math.max(...joint.ends)];
    if (a !== b) byEnds.set(a * names.length + b, { ...joint, ends: [a, b] });
  }
  const links = [...byEnds].sort(([a], [b]) => a - b).map(([, joint]) => ({ ...all, ...joint }));
  const topology = { nodes: names.length, edges: links.map(({ ends }) => ends) };
  const lonely = distances(topology, 0).indexOf(-1);
  if (lonely >= 0) {
    throw table.fault(key, `no path of links leads from ${names[0]} to ${names[lonely]}`);
  }
  const keyOf = (a: number, b: number) => Math.min(a, b) * names.length + Math.max(a, b);
  const numbers = new Map(links.map(({ ends: [a, b] }, index) => [keyOf(a, b), index]));
  const linkOf = (a: number, b: number) => numbers.get(keyOf(a, b));
  return { names: new Names(names, "host"), links, topology, regions, notes, linkOf };
}

function settingsOf(table: Table): Partial<LinkSettings> {
  const found = Object.values(LINK_KEYS).map((key) => [key.word, table.take<number>(key)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/** Hosts as a table of the file says. */
interface Drawn {
  readonly names: readonly string[];
  readonly joints: readonly Joint[];
  readonly regions: readonly number[];
  readonly notes?: readonly string[];
}

function ofShape(table: Table, seed: number): Drawn {
  const shape = table.need(TOPOLOGY_KEYS.shape);
  const { make, degree: usual } = SHAPES[shape];
  const nodes = table.need(TOPOLOGY_KEYS.nodes);
  const degree = table.take(TOPOLOGY_KEYS.degree);
  if (degree !== undefined && usual === undefined) throw table.fault("degree", "this shape has no degree");
  const count = table.take(TOPOLOGY_KEYS.regions);
  const between = table.take(TOPOLOGY_KEYS.joints) ?? 1;
  // Two regions have one pair of neighbours, whatever they are joined as.
  const joined = table.take(TOPOLOGY_KEYS.joined) ?? (count === 2 ? "line" : "ring");
  at([...table.place, degree === undefined ? "nodes" : "degree"], () => checkShape(shape, nodes, degree));
  for (const key of count === undefined ? ["joints", "joined"] : []) {
    if (table.has(key)) throw table.fault(key, `${key} goes with regions`);
  }
  if (nodes * (count ?? 1) > MOST) throw table.fault("nodes", `there may be ${MOST} hosts at most`);
  if (count !== undefined) at([...table.place, "regions"], () => checkShape(joined, count, undefined));
  const names: string[] = [], joints: Joint[] = [], regions: number[] = [];
  for (let region = 0; region < (count ?? 1); region++) {
    const { edges } = make(nodes, { degree: degree ?? usual ?? 0, seed: seed + region });
    const first = region * nodes;
    for (const [a, b] of edges) joints.push({ ends: [first + a, first + b] });
    for (let node = 0; node < nodes; node++) {
      names.push(count === undefined ? `n${node}` : `r${region}n${node}`);
      regions.push(region);
    }
  }
  const pairs = (count === undefined ? [] : graphOf(count, joined, undefined, seed, []).edges)
    .flatMap((pair) => Array.from({ length: between }, () => pair));
  // The joints of a region are spread evenly over its hosts.
  const all = regions.map(() => 0), used = regions.map(() => 0);
  for (const region of pairs.flat()) all[region]++;
  const most = Math.max(...all);
  if (most > nodes) throw table.fault("joints", `a region of ${nodes} hosts would have ${most} joints`);
  const place = (region: number) => region * nodes + Math.floor(used[region]++ * nodes / all[region]);
  for (const [a, b] of pairs) joints.push({ ends: [place(a), place(b)] });
  return { names, joints, regions };
}

function ofLinks(table: Table): Drawn {
  const numbers = new Map<string, number>();
  const numberOf = (host: string) => {
    const number = numbers.get(host) ?? numbers.size;
    numbers.set(host, number);
    return number;
  };
  const jointOf = (entry: unknown, place: Place, what: string): Joint => {
    if (Array.isArray(entry)) {
      if (entry.length !== 2) throw new InvalidError(`${what} must be two names, such as ["a", "b"]`);
      const [a, b] = entry.map((one) => numberOf(name({ [what]: one }, what)));
      return { ends: [a, b] };
    }
    const own = new Table(entry, place, what);
    own.check({ from: 0, to: 0, ...LINK_KEYS });
    const [a, b] = ["from", "to"].map((key) => numberOf(name(own.fields, key)));
    return { ends: [a, b], ...settingsOf(own) };
  };
  const joined = new Map<string, number>();
  const joints = table.need(TOPOLOGY_KEYS.links).map((entry, index): Joint => {
    const place = [...table.place, "links", element(index)];
    const what = `links[${index}]`;
    return at(place, () => {
      const joint = jointOf(entry, place, what);
      checkPair(joint.ends, index, [...numbers.keys()], joined);
      return joint;
    });
  });
  if (joints.length === 0) throw table.fault("links", "links is empty");
  const names = [...numbers.keys()];
  return { names, joints, regions: names.map(() => 0) };
}

function ofGraphml(table: Table, text = ""): Drawn {
  const path = table.need(TOPOLOGY_KEYS.graphml);
  const { names, links, notes }: Graph = at(
    [...table.place, "graphml"],
    () => readGraphml(text, path),
  );
  return { names, joints: links, regions: names.map(() => 0), notes };
}

/**
 * Checks a pair of a list of links: it joins two, who are not joined yet.
 *
 * @param joined the indexes of the pairs before it
 * @throws InvalidError
 */
export function checkPair(
  [a, b]: readonly [number, number],
  index: number,
  names: readonly string[],
  joined: Map<string, number>,
): void {
  if (a === b) throw new InvalidError(`links[${index}] joins ${names[a]} to itself`);
  const key = `${Math.min(a, b)} ${Math.max(a, b)}`;
  const before = joined.get(key);
  if (before !== undefined) {
    throw new InvalidError(
      `links[${index}] joins ${names[a]} and ${names[b]}, as links[${before}] does already; leave one out`,
    );
  }
  joined.set(key, index);
}

/** Makes the graph of a shape or of pairs among members, for layers. */
export const graphOf = (
  nodes: number,
  shape: string | undefined,
  degree: number | undefined,
  seed: number,
  pairs: readonly (readonly [number, number])[],
): Topology =>
  shape === undefined
    ? topologyOf(nodes, pairs)
    : SHAPES[shape].make(nodes, { degree: degree ?? SHAPES[shape].degree ?? 0, seed });
