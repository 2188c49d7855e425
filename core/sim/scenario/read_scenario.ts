/**
 * Reads a scenario from its file: TOML, checked against the keys that are declared and the plugins that there are.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { at, element, type Place, readToml, type TomlFile } from "../../irmd/config/toml.ts";
import type { Policies } from "../../registry/check_options.ts";
import { fieldsOf, name } from "../../wire/local/fields.ts";
import { checkCount, readEvent, readFlow } from "./flow_tables.ts";
import { FILE_KEYS, TOPOLOGY_KEYS } from "./keys.ts";
import { LayerReader } from "./layer_tables.ts";
import { Names, Table } from "./read_table.ts";
import type { Scenario } from "./scenario.ts";
import { readHosts } from "./topology_table.ts";

const GROUPS = ["topology", "link", "layer", "flow", "event"];
/** Milliseconds that a scenario is played when the file does not say. */
const DURATION = 10_000;

/** Where a scenario comes from. */
export interface ScenarioSource {
  readonly text: string;
  /** Names the file in errors. */
  readonly path: string;
  /** The text of the graph that it names, where it does. */
  readonly graphml?: string;
}

/** Files that a scenario names. */
export interface NamedFiles {
  readonly plugins: readonly string[];
  readonly graphml: string | undefined;
}

/** What of a scenario is given elsewhere. */
export interface Overrides {
  readonly seed?: number;
  /** Values of keys by their places (`layer.net.congestion`, `link.rate`); without a dot, of options of all layers. */
  readonly values?: Readonly<Record<string, string>>;
}

function open(
  { text, path }: ScenarioSource,
  values: Overrides["values"] = {},
): { file: TomlFile; top: Table } {
  const file = readToml(text, path, "scenario");
  const tables = Object.entries(values).reduce(
    (all, [key, value]) => withValue(all, key, value),
    file.tables,
  );
  return { file, top: file.explain(() => new Table(tables, [], "a scenario")) };
}

/** Returns the files that a scenario names. @throws InvalidError */
export function namedFiles(source: ScenarioSource, { values }: Overrides = {}): NamedFiles {
  const { file, top } = open(source, values);
  return file.explain(() => {
    const { topology } = top.fields;
    return {
      plugins: top.take(FILE_KEYS.plugins) ?? [],
      graphml: topology === undefined
        ? undefined
        : new Table(topology, ["topology"], "topology").take(TOPOLOGY_KEYS.graphml),
    };
  });
}

/**
 * Reads a scenario.
 *
 * @param policies gives the declarations of plugins
 * @throws InvalidError that says where and what is wrong
 */
export function readScenario(source: ScenarioSource, policies: Policies, over: Overrides = {}): Scenario {
  const { file, top } = open(source, over.values);
  return file.explain(() => read(top, source, policies, over));
}

function read(top: Table, source: ScenarioSource, policies: Policies, over: Overrides): Scenario {
  top.check({ ...FILE_KEYS, ...Object.fromEntries(GROUPS.map((group) => [group, 0])) });
  const seed = over.seed ?? top.take(FILE_KEYS.seed) ?? 1;
  const duration = top.take(FILE_KEYS.duration) ?? DURATION;
  const { topology, link, layer } = top.fields;
  if (topology === undefined) throw top.fault("topology", "a scenario needs hosts: say [topology]");
  const hosts = readHosts(
    new Table(topology, ["topology"], "topology"),
    link === undefined ? undefined : new Table(link, ["link"], "link"),
    seed,
    source.graphml,
  );
  const reader = new LayerReader(hosts, policies, seed);
  const layers = layer === undefined ? {} : new Table(layer, ["layer"], "layer").fields;
  for (const [word, table] of Object.entries(layers)) {
    const place: Place = ["layer", word];
    at(place, () => {
      name({ layer: word }, "layer");
      if (word === "links") throw new InvalidError('a layer cannot be called "links"');
    });
    reader.read(word, new Table(table, place, `layer.${word}`));
  }
  const around = { hosts, layers: reader.layers, duration };
  const flowTables = listed(top, "flow");
  const flows = flowTables.map((table, index) => readFlow(table, index, around));
  checkCount(flows, flowTables);
  const events = listed(top, "event").map((table) => readEvent(table, around));
  return {
    title: top.take(FILE_KEYS.title) ?? source.path,
    seed,
    duration,
    hosts: hosts.names.all,
    links: hosts.links,
    layers: reader.layers,
    flows,
    events: events.sort((a, b) => a.at - b.at),
  };
}

/** Returns the tables `[[WORD]]`. */
function listed(top: Table, word: string): Table[] {
  const value = top.fields[word];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw top.fault(word, `${word} must be a list of tables: write [[${word}]]`);
  return value.map((one, index) => new Table(one, [word, element(index)], `${word} ${index + 1}`));
}

/** Puts a value in the place of another, as if the file had it. @throws InvalidError for a place that the file does not have */
function withValue(tables: unknown, key: string, text: string): unknown {
  const value = /^(true|false)$/.test(text) ? text === "true" : /^\d+$/.test(text) ? Number(text) : text;
  const parts = key.split(".");
  const top = fieldsOf(tables, "a scenario");
  const put = (at: unknown, [part, ...rest]: readonly string[]): unknown => {
    if (Array.isArray(at)) {
      const found = new Names(at.map((_, index) => String(index + 1)), parts[0]).find(part);
      return at.map((one, index) => index === found ? put(one, rest) : one);
    }
    const table = fieldsOf(at ?? {}, key);
    return { ...table, [part]: rest.length === 0 ? value : put(table[part], rest) };
  };
  const layers = Object.keys(fieldsOf(top.layer ?? {}, "layer"));
  if (parts[0] === "layer" && layers.length > 0) new Names(layers, "layer").find(parts[1]);
  if (/^(flow|event)$/.test(parts[0]) && top[parts[0]] === undefined) new Names([], parts[0]).find(parts[1]);
  if (parts.length > 1 || Object.hasOwn(FILE_KEYS, key)) return put(tables, parts);
  return layers.reduce((all, layer) => put(all, ["layer", layer, key]), tables);
}
