/**
 * Reads a scenario from its file: TOML, checked against the keys that are declared and the plugins that there are.
 *
 * @module
 */
import { InvalidError, messageOf } from "../../contract/errors.ts";
import { at, ConfigError, element, type Place, readToml } from "../../irmd/config/toml.ts";
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
  /** The option that has given the values, for errors; `--set` when left out. */
  readonly option?: string;
  /**
   * Takes the key of a value for all layers, as the user has given it, that is an option of no layer, and the fault that it would be.
   * Left out: it is one.
   */
  onUnused?(key: string, fault: InvalidError): void;
}

/** Returns whether a key of {@link Overrides.values} is an option of all layers that have it. */
export const isForLayers = (key: string): boolean => !key.includes(".") && !Object.hasOwn(FILE_KEYS, key);

/** A file with the values that were given elsewhere in their places. */
interface Opened {
  readonly top: Table;
  /** Runs `check`; its errors say where they belong: in the file, or to a value that was given elsewhere. @throws ConfigError */
  explain<T>(check: () => T): T;
  /** The keys that were given for all layers: each is for those that have such an option. */
  readonly shared: ReadonlySet<string>;
}

function open({ text, path }: ScenarioSource, { values = {}, option = "--set" }: Overrides): Opened {
  const file = readToml(text, path, "scenario");
  /** Values by their places, as the user has written them. */
  const given = new Map<string, string>();
  const explain = <T>(check: () => T): T => {
    try {
      return at([], check);
    } catch (thrown) {
      const said = thrown instanceof ConfigError ? given.get(JSON.stringify(thrown.place)) : undefined;
      if (said === undefined) {
        return file.explain(() => {
          throw thrown;
        });
      }
      throw new InvalidError(`${said}: ${messageOf(thrown)}`, { cause: thrown });
    }
  };
  let tables = file.tables;
  for (const [key, value] of Object.entries(values)) {
    const said = `${option} ${key}=${value}`;
    try {
      for (const place of placesOf(tables, key)) {
        tables = withValue(tables, place, value);
        given.set(JSON.stringify(place), said);
      }
    } catch (thrown) {
      if (!(thrown instanceof InvalidError)) throw thrown;
      throw new InvalidError(`${said}: ${thrown.message}`, { cause: thrown });
    }
  }
  const shared = new Set(Object.keys(values).filter(isForLayers));
  return { top: explain(() => new Table(tables, [], "a scenario")), explain, shared };
}

/** Returns the files that a scenario names. @throws InvalidError */
export function namedFiles(source: ScenarioSource, over: Overrides = {}): NamedFiles {
  const { top, explain } = open(source, over);
  return explain(() => {
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
  const opened = open(source, over);
  return opened.explain(() => read(opened, source, policies, over));
}

function read(
  { top, explain, shared }: Opened,
  source: ScenarioSource,
  policies: Policies,
  over: Overrides,
): Scenario {
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
  const reader = new LayerReader(hosts, policies, seed, shared);
  const layers = layer === undefined ? {} : new Table(layer, ["layer"], "layer").fields;
  for (const [word, table] of Object.entries(layers)) {
    const place: Place = ["layer", word];
    at(place, () => {
      name({ layer: word }, "layer");
      if (word === "links") throw new InvalidError('a layer cannot be called "links"');
    });
    reader.read(word, new Table(table, place, `layer.${word}`));
  }
  for (const [key, fault] of reader.unused()) refuseUnused(key, fault, explain, over);
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
    notes: hosts.notes,
  };
}

function refuseUnused(
  key: string,
  fault: ConfigError,
  explain: Opened["explain"],
  { onUnused }: Overrides,
): void {
  if (onUnused === undefined) throw fault;
  try {
    explain(() => {
      throw fault;
    });
  } catch (thrown) {
    if (!(thrown instanceof InvalidError)) throw thrown;
    onUnused(key, thrown);
  }
}

/** Returns the tables `[[WORD]]`. */
function listed(top: Table, word: string): Table[] {
  const value = top.fields[word];
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw top.fault(word, `${word} must be a list of tables: write [[${word}]]`);
  return value.map((one, index) => new Table(one, [word, element(index)], `${word} ${index + 1}`));
}

/** Returns the places that a key stands for. @throws InvalidError for one that the file does not have */
function placesOf(tables: unknown, key: string): readonly Place[] {
  const [first, ...rest] = key.split(".");
  const top = fieldsOf(tables, "a scenario");
  const layers = Object.keys(fieldsOf(top.layer ?? {}, "layer"));
  if (rest.length === 0) {
    if (Object.hasOwn(FILE_KEYS, key)) return [[key]];
    if (layers.length === 0) {
      throw new InvalidError(`"${key}" would be an option of layers, and there are none`);
    }
    return layers.map((layer) => ["layer", layer, key]);
  }
  new Names(GROUPS, "table").find(first);
  const list: unknown = top[first];
  const listed: readonly unknown[] = Array.isArray(list) ? list : [];
  if (Array.isArray(list) || /^(flow|event)$/.test(first) && list === undefined) {
    const names = new Names(listed.map((_, index) => String(index + 1)), first);
    return [[first, element(names.find(rest[0])), ...rest.slice(1)]];
  }
  if (first === "layer" && layers.length > 0) new Names(layers, "layer").find(rest[0]);
  return [[first, ...rest]];
}

/** Puts a value in the place of another, as if the file had it. */
function withValue(tables: unknown, place: Place, text: string): unknown {
  const value = /^(true|false)$/.test(text) ? text === "true" : /^\d+$/.test(text) ? Number(text) : text;
  const put = (into: unknown, [part, ...rest]: Place): unknown => {
    if (part === undefined) return value;
    if (Array.isArray(into)) {
      return into.map((one, index) => element(index) === part ? put(one, rest) : one);
    }
    const table = fieldsOf(into ?? {}, place.join("."));
    return { ...table, [part]: put(table[part], rest) };
  };
  return put(tables, place);
}
