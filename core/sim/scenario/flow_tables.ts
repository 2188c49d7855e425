/**
 * `[[flow]]` and `[[event]]` of a scenario: what is sent, and what happens.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { at } from "../../irmd/config/toml.ts";
import { EVENT_KEYS, FLOW_KEYS, MOST } from "./keys.ts";
import { Names, type Table } from "./read_table.ts";
import type { Happening, ScenarioEvent, ScenarioFlow, ScenarioLayer } from "./scenario.ts";
import type { Hosts } from "./topology_table.ts";

/** Milliseconds between two pings; that a greedy application needs for a packet. */
const PING_INTERVAL = 100, GREEDY_INTERVAL = 0.01;

/** The names in a scenario, and how long it is played. */
export interface Around {
  readonly hosts: Hosts;
  readonly layers: readonly ScenarioLayer[];
  readonly duration: number;
}

/** Reads a `[[flow]]`. @throws ConfigError */
export function readFlow(table: Table, index: number, { hosts, layers, duration }: Around): ScenarioFlow {
  table.check(FLOW_KEYS);
  if (layers.length === 0) throw table.fault("layer", "flows need a layer: say [layer.NAME]");
  const word = table.take(FLOW_KEYS.layer);
  const layer = word === undefined ? layers.length - 1 : at(
    [...table.place, "layer"],
    () => new Names(layers.map(({ name }) => name), "layer").find(word),
  );
  const { members, routes, name: layerName } = layers[layer];
  if (!routes) throw table.fault("layer", `the layer ${layerName} gives no flows from host to host`);
  if (members.length < 2) throw table.fault("layer", `the layer ${layerName} has one member only`);
  const end = (key: "from" | "to"): number[] => {
    const given = table.need(FLOW_KEYS[key]);
    if (given.join() === "any") return [];
    return at([...table.place, key], () => {
      if (given.length === 0) throw new InvalidError(`${key} is empty`);
      return given.map((host) => {
        const found = hosts.names.find(host);
        if (members.includes(found)) return found;
        throw new InvalidError(`${host} is no member of the layer ${layerName}`);
      });
    });
  };
  const [from, to] = [end("from"), end("to")];
  const count = table.take(FLOW_KEYS.count) ?? 1;
  for (let index = 0; index < Math.min(count, from.length * to.length); index++) {
    if (from[index % from.length] === to[index % to.length]) {
      throw table.fault("to", "a flow needs two hosts");
    }
  }
  const kind = table.need(FLOW_KEYS.kind);
  const size = table.take(FLOW_KEYS.size) ?? (kind === "ping" ? 64 : 1000);
  const rate = table.take(FLOW_KEYS.rate);
  const interval = table.take(FLOW_KEYS.interval);
  if (kind === "rate" && rate === undefined) {
    throw table.fault("kind", 'kind = "rate" needs a rate, such as: rate = "1Mb"');
  }
  if (kind !== "rate" && rate !== undefined) throw table.fault("rate", 'rate goes with kind = "rate"');
  if (kind === "rate" && interval !== undefined) {
    throw table.fault("interval", "give the rate, not the interval");
  }
  const start = table.take(FLOW_KEYS.start) ?? 0;
  const stop = Math.min(duration, table.take(FLOW_KEYS.stop) ?? duration);
  if (stop <= start) {
    throw table.fault(
      "start",
      `a flow that starts after ${start / 1000}s and stops after ${stop / 1000}s sends nothing`,
    );
  }
  return {
    name: table.take(FLOW_KEYS.name) ?? `${kind} ${index + 1}`,
    layer,
    from,
    to,
    kind,
    qos: table.take(FLOW_KEYS.qos) ?? "raw",
    size,
    interval: rate === undefined
      ? interval ?? (kind === "ping" ? PING_INTERVAL : GREEDY_INTERVAL)
      : 8000 * size / rate,
    count,
    every: table.take(FLOW_KEYS.every) ?? 0,
    start,
    stop,
  };
}

/** Reads an `[[event]]`. @throws ConfigError */
export function readEvent(table: Table, { hosts, duration }: Around): ScenarioEvent {
  table.check(EVENT_KEYS);
  const when = table.need(EVENT_KEYS.at);
  if (when > duration) {
    throw table.fault(
      "at",
      `the scenario ends after ${duration / 1000}s, before this; say a longer duration`,
    );
  }
  const words = ["down", "up", "kill", "start", "partition", "heal"] as const;
  const given = words.filter((word) => table.has(word));
  if (given.length !== 1) {
    throw table.fault(given[1] ?? "at", `an event needs one of: ${words.join(", ")}`);
  }
  const [word] = given;
  const silent = table.take(EVENT_KEYS.silent) ?? false;
  if (silent && word !== "down" && word !== "partition") {
    throw table.fault("silent", "silent goes with down and partition");
  }
  return at([...table.place, word], () => {
    const [text, what] = happening(table, word, silent, hosts);
    return { at: when, text: silent ? `${text}, silently` : text, what };
  });
}

function happening(
  table: Table,
  word: "down" | "up" | "kill" | "start" | "partition" | "heal",
  silent: boolean,
  { names, links, linkOf }: Hosts,
): [text: string, what: Happening] {
  switch (word) {
    case "down":
    case "up": {
      const pair = table.need(EVENT_KEYS[word]);
      if (pair.length !== 2) throw new InvalidError(`${word} must be two names, such as ["a", "b"]`);
      const [a, b] = pair.map((name) => names.find(name));
      const link = linkOf(a, b);
      if (link === undefined) throw new InvalidError(`no link joins ${pair.join(" and ")}`);
      return [`${pair.join("–")} ${word}`, { kind: word, links: [link], silent }];
    }
    case "kill":
    case "start": {
      const name = table.need(EVENT_KEYS[word]);
      return [`${word} ${name}`, { kind: word, host: names.find(name) }];
    }
    case "partition": {
      const given = table.need(EVENT_KEYS.partition);
      const inside = new Set(given.map((name) => names.find(name)));
      const cut = [...links.keys()].filter((index) => {
        const [a, b] = links[index].ends;
        return inside.has(a) !== inside.has(b);
      });
      if (cut.length === 0) throw new InvalidError("no link joins these hosts to others");
      const some = given.length > 4 ? `${given.length} hosts` : given.join(", ");
      return [`${some} cut off`, { kind: "down", links: cut, silent }];
    }
    case "heal":
      if (!table.need(EVENT_KEYS.heal)) throw new InvalidError("heal is true, or left out");
      return ["all links up", { kind: "up", links: [...links.keys()], silent: false }];
  }
}

/** Returns how many flows there are. @throws ConfigError by the table that makes them too many */
export function checkCount(flows: readonly ScenarioFlow[], tables: readonly Table[]): void {
  let total = 0;
  flows.forEach(({ count }, index) => {
    total += count;
    if (total > MOST) throw tables[index].fault("count", `there may be ${MOST} flows at most`);
  });
}
