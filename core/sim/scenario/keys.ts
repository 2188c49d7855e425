/**
 * The keys of a scenario, each declared once: reading, and the page that lists them, come from these rows. The tables of layers have the
 * options of their type beside them, which the types declare.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import type { QosName } from "../../contract/qos.ts";
import type { Key } from "../../irmd/config/keys.ts";
import { PART, RATE, TIME, type ValueKind } from "../../tools/value_kinds.ts";
import { proposal } from "../../tools/suggest.ts";
import { type Fields, flag, integer, list, name, text } from "../../wire/local/fields.ts";
import { FLOW_KINDS } from "./scenario.ts";
import { SHAPES } from "./shapes.ts";

const QUALITIES = ["raw", "best", "video", "voice", "data"] as const satisfies readonly QosName[];

/** Most hosts, members of a layer, flows of a table. */
export const MOST = 100_000;
const texts = (from: Fields, key: string): string[] => list(from, key, MOST, name);
const oneOrMore = (from: Fields, key: string): string[] =>
  Array.isArray(from[key]) ? texts(from, key) : [name(from, key)];
const count = (min: number, max = MOST) => (from: Fields, key: string): number =>
  integer(from, key, min, max);

/** Reads a value with a unit, which must be a text. @param sample stands in errors @param least the least that there may be */
const measured =
  ({ read }: ValueKind, sample: string, least?: string) => (from: Fields, key: string): number => {
    if (typeof from[key] !== "string") {
      throw new InvalidError(`${key} must be a text with a unit, such as "${sample}"`);
    }
    const value = read(from[key]);
    if (least !== undefined && value < read(least)) {
      throw new InvalidError(`${key} is "${from[key]}"; at least "${least}" is needed`);
    }
    return value;
  };

/** Reads one of some words. */
const among = <const W extends string>(words: readonly W[]) => (from: Fields, key: string): W => {
  const given = text(from, key);
  const found = words.find((word) => word === given);
  if (found !== undefined) return found;
  throw new InvalidError(
    `${key} must be one of: ${words.join(", ")}; it is "${given}"${proposal(given, words)}`,
  );
};

function part(from: Fields, key: string): number {
  const value = measured(PART, "1%")(from, key);
  if (value > 1) throw new InvalidError(`${key} must be 0% to 100%`);
  return value;
}

/** Rows of one table. */
type Keys<T> = { readonly [W in keyof T]: Key<T[W]> };

const rows = <T>(keys: { readonly [W in keyof T]: Omit<Key<T[W]>, "word"> }): Keys<T> =>
  // The result has the keys of the rows.
  Object.fromEntries(
    Object.entries<Omit<Key<unknown>, "word">>(keys).map(([word, row]) => [word, { word, ...row }]),
  ) as Keys<T>;

/** Keys in front of all tables. */
export const FILE_KEYS = rows({
  title: { is: "text", help: "What the scenario is about.", sample: '"Two hosts"', read: text },
  seed: {
    is: "whole number",
    help:
      "Everything that is drawn by lot hangs on it: the same seed gives the same run. 1 when it is left out.",
    sample: "1",
    read: count(0, 2 ** 32 - 1),
  },
  duration: {
    is: "time",
    help: "How long the scenario is played from when all layers are up. 10s when it is left out.",
    sample: '"10s"',
    read: measured(TIME, "10s", "1ms"),
  },
  plugins: {
    is: "list of texts",
    help: "Files with plugins; a relative path is relative to the scenario.",
    sample: '["./my.ts"]',
    read: texts,
  },
});

/** `[topology]`: hosts and links. */
export const TOPOLOGY_KEYS = rows({
  shape: {
    is: "text",
    help: `The shape of the graph: ${
      Object.entries(SHAPES).map(([word, { help }]) => `${word} (${help})`).join("; ")
    }.`,
    sample: '"ring"',
    read: among(Object.keys(SHAPES)),
  },
  nodes: {
    is: "whole number",
    help: "With shape: how many hosts. They are called n0, n1 and so on.",
    sample: "4",
    read: count(1),
  },
  degree: { is: "whole number", help: "With shape: its degree.", sample: "2", read: count(1, 1000) },
  regions: {
    is: "whole number",
    help: "With shape: so many graphs of this shape. Hosts are called r0n0, r0n1 and so on.",
    sample: "3",
    read: count(2, 1000),
  },
  joined: {
    is: "text",
    help:
      "With regions: the shape of the graph whose nodes they are. ring when it is left out; two are just joined.",
    sample: '"grid"',
    read: among(Object.keys(SHAPES)),
  },
  joints: {
    is: "whole number",
    help: "With regions: how many links join a region to a neighbour. 1 when it is left out.",
    sample: "2",
    read: count(1),
  },
  links: {
    is: "list",
    help: 'The links: pairs of names, or tables { from = "a", to = "b" } with keys of [link].',
    sample: '[["a", "b"], { from = "b", to = "c", delay = "9ms" }]',
    read: (from: Fields, key: string): readonly unknown[] => list(from, key, 10 * MOST, (one, at) => one[at]),
  },
  graphml: {
    is: "text",
    help:
      "A file of GraphML, as the Topology Zoo has them: names of hosts, delays by their places, and rates come from it. " +
      "A relative path is relative to the scenario.",
    sample: '"Abilene.graphml"',
    read: name,
  },
});

/** `[link]`: what links are like. */
export const LINK_KEYS = rows({
  delay: {
    is: "time",
    help: "From one end to the other. 1ms when it is left out.",
    sample: '"1ms"',
    read: measured(TIME, "1ms"),
  },
  jitter: {
    is: "time",
    help: "A packet takes longer by up to so much, at random.",
    sample: '"1ms"',
    read: measured(TIME, "1ms"),
  },
  rate: {
    is: "rate",
    help: "Bits a second; no limit when it is left out.",
    sample: '"100Mb"',
    read: measured(RATE, "100Mb", "1b"),
  },
  queue: {
    is: "whole number",
    help: "Packets of a flow that may wait to be sent, more are lost. 1024 when it is left out.",
    sample: "1024",
    read: count(1, 1_000_000),
  },
  loss: { is: "part", help: "Part of the packets that is lost.", sample: '"1%"', read: part },
  mtu: {
    is: "whole number",
    help: "Largest packet in bytes. 1400 when it is left out.",
    sample: "1400",
    read: count(100, 65_000),
  },
});

/** `[layer.NAME]`: a layer. */
export const LAYER_KEYS = rows({
  type: {
    is: "text",
    help: "The type of its IPCPs. unicast when it is left out.",
    sample: '"unicast"',
    read: name,
  },
  over: {
    is: "list of texts",
    help:
      'What it stands on: layers that come before it, and "links". Left out: the links for the first layer, the layer before it ' +
      "for another one.",
    sample: '["links"]',
    read: texts,
  },
  members: {
    is: "list of texts, a number or a text",
    help:
      'The hosts that have a member: their names, how many of them, evenly spread, or "borders" (those with a link to another ' +
      "region). Left out: all that have one in what it stands on.",
    sample: '["n0", "n2"]',
    read: (from: Fields, key: string): readonly string[] | number | "borders" => {
      const value = from[key];
      if (typeof value === "number") return count(1)(from, key);
      return typeof value === "string" ? among(["borders"])(from, key) : texts(from, key);
    },
  },
  each: {
    is: "text",
    help:
      'With "region": there is such a layer in each region, called NAME.0, NAME.1 and so on; over = ["NAME"] means all of them.',
    sample: '"region"',
    read: among(["region"]),
  },
  depth: {
    is: "whole number",
    help: "So many layers, each on the one before it, called NAME.1, NAME.2 and so on.",
    sample: "10",
    read: count(1, 64),
  },
  shape: {
    is: "text",
    help:
      "Which members are neighbours: a shape as in [topology]. Left out: as the links and the layers below have it.",
    sample: '"ring"',
    read: among(Object.keys(SHAPES)),
  },
  degree: { is: "whole number", help: "With shape: its degree.", sample: "4", read: count(1, 1000) },
  links: {
    is: "list",
    help: "Which members are neighbours: pairs of names.",
    sample: '[["n0", "n2"]]',
    read: (from: Fields, key: string): readonly (readonly string[])[] =>
      list(from, key, MOST, (one, at) => {
        const pair = list(one, at, 2, name);
        if (pair.length !== 2) throw new InvalidError(`${at} must be two names`);
        return pair;
      }),
  },
});

/** `[[flow]]`: what is sent. */
export const FLOW_KEYS = rows({
  name: { is: "text", help: "What tables call it.", sample: '"video"', read: name },
  layer: { is: "text", help: "The layer; the last one when it is left out.", sample: '"net"', read: name },
  from: {
    is: "text or list of texts",
    help:
      'The host that sends, or "any": one is drawn. Several hosts take turns when there are several flows.',
    sample: '"n0"',
    read: oneOrMore,
  },
  to: {
    is: "text or list of texts",
    help: "The host that receives, likewise.",
    sample: '"n2"',
    read: oneOrMore,
  },
  kind: {
    is: "text",
    help:
      "ping: a packet each interval, which is sent back; rate: packets at a constant rate; greedy: as many as the layer takes.",
    sample: '"ping"',
    read: among(FLOW_KINDS),
  },
  qos: {
    is: "text",
    help: `The quality: ${QUALITIES.join(", ")}. raw when it is left out.`,
    sample: '"data"',
    read: among(QUALITIES),
  },
  size: {
    is: "whole number",
    help: "Bytes of a packet. 64 for a ping, else 1000, when it is left out.",
    sample: "1000",
    read: count(24, 64_000),
  },
  interval: {
    is: "time",
    help:
      "Between two packets of a ping (100ms when it is left out); what a greedy one needs for a packet (10us).",
    sample: '"100ms"',
    read: measured(TIME, "100ms", "1us"),
  },
  rate: {
    is: "rate",
    help: "Bits a second of the application's packets, for rate.",
    sample: '"1Mb"',
    read: measured(RATE, "1Mb", "1b"),
  },
  count: { is: "whole number", help: "So many such flows.", sample: "32", read: count(1) },
  every: {
    is: "time",
    help: "Each of them starts so much later than the one before.",
    sample: '"1s"',
    read: measured(TIME, "1s"),
  },
  start: {
    is: "time",
    help: "When it starts, from when all layers are up. 0s when it is left out.",
    sample: '"1s"',
    read: measured(TIME, "1s"),
  },
  stop: {
    is: "time",
    help: "When it stops. The end of the scenario when it is left out.",
    sample: '"9s"',
    read: measured(TIME, "9s"),
  },
});

const pair = (from: Fields, key: string): readonly string[] => list(from, key, 2, name);

/** `[[event]]`: what happens, and when. */
export const EVENT_KEYS = rows({
  at: {
    is: "time",
    help: "When, from when all layers are up.",
    sample: '"5s"',
    read: measured(TIME, "5s"),
  },
  down: {
    is: "pair of names",
    help: "The link of these hosts goes down.",
    sample: '["n0", "n1"]',
    read: pair,
  },
  up: { is: "pair of names", help: "The link of these hosts comes up.", sample: '["n0", "n1"]', read: pair },
  silent: {
    is: "true or false",
    help: "With down and partition: nobody is told; packets are lost.",
    sample: "true",
    read: flag,
  },
  kill: { is: "text", help: "All IPCPs of this host end without a word.", sample: '"n3"', read: name },
  start: {
    is: "text",
    help: "A host that was killed starts again, and joins the layers again.",
    sample: '"n3"',
    read: name,
  },
  partition: {
    is: "list of texts",
    help: "All links between these hosts and the others go down.",
    sample: '["n0", "n1"]',
    read: texts,
  },
  heal: { is: "true", help: "All links come up.", sample: "true", read: flag },
});

/** What each table is about. */
export const TABLES: Readonly<
  Record<string, { readonly help: string; readonly keys: Readonly<Record<string, Key<unknown>>> }>
> = {
  "": { help: "in front of all tables", keys: FILE_KEYS },
  "[topology]": {
    help: "hosts and the links between them; give shape, links or graphml",
    keys: TOPOLOGY_KEYS,
  },
  "[link]": { help: "what links are like", keys: LINK_KEYS },
  "[layer.NAME]": {
    help:
      "a layer; besides these keys it has the options that irm ipcp bootstrap takes for its type and policies",
    keys: LAYER_KEYS,
  },
  "[[flow]]": { help: "what is sent", keys: FLOW_KEYS },
  "[[event]]": { help: "what happens, and when", keys: EVENT_KEYS },
};
