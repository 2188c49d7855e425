/**
 * `[layer.NAME]` of a scenario: who is in a layer, what it stands on, who is whose neighbour, and its options.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import type { OptionDeclaration } from "../../contract/options.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { checkGiven, type GivenOption, optionsIn } from "../../irmd/config/plan.ts";
import { type IpcpTable, option } from "../../irmd/config/schema.ts";
import { asCommandsSay } from "../../irmd/config/option_words.ts";
import { at, ConfigError, element, type Place } from "../../irmd/config/toml.ts";
import { OptionError, type Policies, withPolicyOptions } from "../../registry/check_options.ts";
import { proposal } from "../../tools/suggest.ts";
import { distances, type Topology } from "../experiment/topology.ts";
import { LAYER_KEYS, MOST } from "./keys.ts";
import { Names, type Table } from "./read_table.ts";
import type { Carrier, ScenarioLayer } from "./scenario.ts";
import { checkShape } from "./shapes.ts";
import { checkPair, graphOf, type Hosts } from "./topology_table.ts";

/** The value of an option in the file. */
type Value = IpcpTable["options"][string];

/** What a layer stands on. */
interface Below {
  readonly links: boolean;
  /** Numbers of layers. */
  readonly layers: readonly number[];
}

/** Reads the tables of layers, in the order of the file. */
export class LayerReader {
  readonly layers: ScenarioLayer[] = [];
  /** Numbers of layers by the words that stand for them: a table may make several. */
  readonly #groups = new Map<string, readonly number[]>();
  /** Members of all layers. */
  #members = 0;
  /** Of the shared options, those that some layer has, and the faults of layers that lack them. */
  readonly #had = new Set<string>();
  readonly #lacking = new Map<string, ConfigError>();

  readonly #policies: Policies;

  /** @param shared options that were given for all layers: those that do not have one do without */
  constructor(
    private readonly hosts: Hosts,
    policies: Policies,
    private readonly seed: number,
    private readonly shared: ReadonlySet<string>,
  ) {
    this.#policies = asCommandsSay(policies);
  }

  /** Returns the options for all layers that no layer has, with the fault of the first layer that lacks them. */
  unused(): readonly (readonly [key: string, fault: ConfigError])[] {
    return [...this.#lacking].filter(([key]) => !this.#had.has(key));
  }

  /** Reads one. @throws ConfigError */
  read(name: string, table: Table): void {
    const declaration = this.#typeOf(table);
    const options = this.#optionsOf(table, declaration);
    const routes = declaration.abilities?.includes("connect") === true && declaration.name !== "broadcast";
    const below = this.#belowOf(table);
    const make = (own: string, on: Below, within: ((host: number) => boolean) | undefined): number => {
      const members = this.#membersOf(table, on, within);
      const wanted = this.#edgesOf(table, on, members);
      const carriers = wanted.edges.map(([a, b]) => this.#carrierOf(table, on, members[a], members[b]));
      const layer = {
        name: own,
        type: declaration.name,
        members,
        topology: wanted,
        carriers,
        options,
        routes,
      };
      this.#groups.set(own, [this.layers.length]);
      this.#members += members.length;
      if (this.#members > MOST) {
        throw table.fault(
          table.has("depth") ? "depth" : "members",
          `with ${own}, all layers have more than ${MOST} members`,
        );
      }
      return this.layers.push(layer) - 1;
    };
    const depth = table.take(LAYER_KEYS.depth);
    const each = table.take(LAYER_KEYS.each);
    if (depth !== undefined && each !== undefined) {
      throw table.fault("each", "each and depth do not go together");
    }
    if (depth !== undefined) {
      const made: number[] = [];
      for (let level = 1; level <= depth; level++) {
        const on = made.length === 0 ? below : { links: false, layers: made.slice(-1) };
        made.push(make(`${name}.${level}`, on, undefined));
      }
      this.#groups.set(name, made.slice(-1));
    } else if (each !== undefined) {
      const regions = new Set(this.hosts.regions);
      const made = [...regions].map((region) =>
        make(`${name}.${region}`, below, (host) => this.hosts.regions[host] === region)
      );
      this.#groups.set(name, made);
    } else make(name, below, undefined);
  }

  #typeOf(table: Table): PluginDeclaration<"ipcp"> {
    const word = table.take(LAYER_KEYS.type) ?? "unicast";
    const types = this.#policies("ipcp");
    const found = types.find(({ name, aliases }) => name === word || aliases?.includes(word));
    const fit = types.filter(({ abilities }) => abilities?.includes("enrol")).map(({ name }) => name);
    if (found?.kind !== "ipcp") {
      throw table.fault(
        "type",
        `there is no type "${word}"${proposal(word, fit)}; there are: ${fit.join(", ")}`,
      );
    }
    if (!found.abilities?.includes("enrol")) {
      throw table.fault(
        "type",
        `an IPCP of type ${word} cannot enroll: links stand for such layers; there are: ${fit.join(", ")}`,
      );
    }
    // Its kind says so.
    return found as PluginDeclaration<"ipcp">;
  }

  #optionsOf(table: Table, declaration: PluginDeclaration): Record<string, string> {
    const { fields, place } = table;
    const own = Object.keys(LAYER_KEYS);
    const keys = Object.keys(fields).filter((key) => !own.includes(key));
    const values = Object.fromEntries(
      keys.map((key) => [key, at([...place, key], () => option(fields, key))]),
    );
    const given = this.#withoutLacking(declaration, place, values);
    checkGiven(declaration, place, given, this.#policies);
    const options = Object.fromEntries(given.map(({ option, text }) => [option, text]));
    for (const { name } of withPolicyOptions(declaration.options, options, this.#policies)) {
      if (name === "type" || !own.includes(name) || !table.has(name)) continue;
      throw table.fault(
        name,
        `a policy has the option ${name}, and a scenario the key: it cannot say which is meant`,
      );
    }
    return options;
  }

  /** Returns the options of a layer, without the shared ones that it lacks. */
  #withoutLacking(
    declaration: PluginDeclaration,
    place: Place,
    values: Readonly<Record<string, Value>>,
  ): GivenOption[] {
    const read = (all: readonly (readonly [string, Value])[]) =>
      optionsIn(declaration, place, Object.fromEntries(all), this.#policies, Object.keys(LAYER_KEYS));
    const known = Object.entries(values).filter((entry) => this.#has(entry[0], () => void read([entry])));
    const given = read(known);
    const options = Object.fromEntries(given.map(({ option, text }) => [option, text]));
    const used = given.filter(({ key, option }) =>
      this.#has(key, () => this.#checkUsed(declaration, options, [...place, key], option))
    );
    for (const { key } of used) this.#had.add(key);
    return used;
  }

  /** Returns whether a layer has an option; one that is not shared it has to have. @param check throws what is wrong when it has not */
  #has(key: string, check: () => void): boolean {
    if (!this.shared.has(key)) return true;
    try {
      check();
      return true;
    } catch (thrown) {
      if (!(thrown instanceof ConfigError)) throw thrown;
      if (!this.#lacking.has(key)) this.#lacking.set(key, thrown);
      return false;
    }
  }

  /** Checks that an option is the layer's, or that of a policy that it uses. @throws ConfigError */
  #checkUsed(
    { options: own, uses = [] }: PluginDeclaration,
    options: Readonly<Record<string, string>>,
    place: Place,
    option: string,
  ): void {
    let usable: readonly OptionDeclaration[];
    try {
      usable = withPolicyOptions(own, options, this.#policies);
    } catch (thrown) {
      if (thrown instanceof OptionError) return; // The check of all options tells it.
      throw thrown;
    }
    if (usable.some(({ name }) => name === option)) return;
    const owners = uses.flatMap(this.#policies).filter(({ options }) =>
      options.some(({ name }) => name === option)
    );
    const named = owners.map(({ kind, name }) => `${kind} "${name}"`).join(" and ");
    throw new ConfigError(place, `${option} is an option of ${named}, which no layer uses`, undefined);
  }

  #belowOf(table: Table): Below {
    const words = table.take(LAYER_KEYS.over) ??
      (this.layers.length === 0 ? ["links"] : [...this.#groups.keys()].slice(-1));
    const known = new Names(["links", ...this.#groups.keys()], "layer before this one");
    for (const word of words) at([...table.place, "over"], () => known.find(word));
    if (words.length === 0) throw table.fault("over", "over is empty");
    const layers = words.flatMap((word) => this.#groups.get(word) ?? []);
    return { links: words.includes("links"), layers: [...new Set(layers)] };
  }

  #membersOf(table: Table, on: Below, within: ((host: number) => boolean) | undefined): number[] {
    const { names, regions, links } = this.hosts;
    const reached = new Set(on.layers.flatMap((layer) => this.layers[layer].members));
    const possible = names.all.map((_, host) => host).filter((host) =>
      (on.links || reached.has(host)) && (within === undefined || within(host))
    );
    const given = table.take(LAYER_KEYS.members);
    if (given === undefined) return possible;
    if (typeof given === "number") {
      if (given > possible.length) {
        throw table.fault("members", `members is ${given}; there are ${possible.length} hosts for it`);
      }
      return Array.from(
        { length: given },
        (_, index) => possible[Math.floor(index * possible.length / given)],
      );
    }
    if (given === "borders") {
      const between = links.filter(({ ends: [a, b] }) => regions[a] !== regions[b]);
      const joined = new Set(between.flatMap(({ ends }) => ends));
      const borders = possible.filter((host) => joined.has(host));
      if (borders.length === 0) throw table.fault("members", "no link joins two regions");
      return borders;
    }
    return at([...table.place, "members"], () => {
      const found = new Set(given.map((name) => names.find(name)));
      const twice = given.find((name, index) => given.indexOf(name) !== index);
      if (twice !== undefined) throw new InvalidError(`${twice} is given twice`);
      for (const host of found) {
        if (!possible.includes(host)) {
          throw new InvalidError(`${names.all[host]} is in nothing that this layer stands on`);
        }
      }
      if (found.size === 0) throw new InvalidError("members is empty");
      return [...found].sort((a, b) => a - b);
    });
  }

  #edgesOf(table: Table, on: Below, members: readonly number[]): Topology {
    const { names } = this.hosts;
    const indexes = new Map(members.map((host, index) => [host, index]));
    const shape = table.take(LAYER_KEYS.shape);
    const degree = table.take(LAYER_KEYS.degree);
    const links = table.take(LAYER_KEYS.links);
    if (shape !== undefined && links !== undefined) {
      throw table.fault("links", "links and shape do not go together");
    }
    if (degree !== undefined && shape === undefined) throw table.fault("degree", "degree goes with shape");
    const key = links ? "links" : shape === undefined ? "members" : "shape";
    const numberOf = (name: string) => {
      const index = indexes.get(names.find(name));
      if (index === undefined) throw new InvalidError(`${name} is no member of this layer`);
      return index;
    };
    const topology = at([...table.place, key], () => {
      if (links) {
        const joined = new Map<string, number>();
        const own = members.map((host) => names.all[host]);
        return connected(links.map(([a, b], index) => {
          const pair = [numberOf(a), numberOf(b)] as const;
          at([...table.place, "links", element(index)], () => checkPair(pair, index, own, joined));
          return pair;
        }));
      }
      // Over links and layers, the shape is that in each of the layers.
      if (shape !== undefined && !(on.links && on.layers.length > 0)) {
        checkShape(shape, members.length, degree);
        return graphOf(members.length, shape, degree, this.seed, []);
      }
      return connected(this.#edgesBelow(on, indexes, shape, degree));
    });
    return topology;

    function connected(pairs: readonly (readonly [number, number])[]): Topology {
      const lonely = distances({ nodes: members.length, edges: pairs }, 0).indexOf(-1);
      if (lonely < 0) return graphOf(members.length, undefined, undefined, 0, pairs);
      const [one, other] = [names.all[members[0]], names.all[members[lonely]]];
      throw new InvalidError(
        `the members ${one} and ${other} are not joined; say who is whose neighbour with shape or links`,
      );
    }
  }

  /** Returns the pairs of members that a link joins, or who are neighbours in a layer below, or are in the shape in it. */
  #edgesBelow(
    { links, layers }: Below,
    indexes: ReadonlyMap<number, number>,
    shape: string | undefined,
    degree: number | undefined,
  ): [number, number][] {
    const pairs: [number, number][] = [];
    const add = (a: number, b: number) => {
      const [one, other] = [indexes.get(a), indexes.get(b)];
      if (one !== undefined && other !== undefined) pairs.push([one, other]);
    };
    if (links) { for (const { ends: [a, b] } of this.hosts.links) add(a, b); }
    for (const layer of layers) {
      const { members, topology } = this.layers[layer];
      if (shape === undefined) { for (const [a, b] of topology.edges) add(members[a], members[b]); }
      else {
        const here = members.filter((host) => indexes.has(host));
        const { edges } = graphOf(here.length, shape, degree, this.seed + layer, []);
        for (const [a, b] of edges) add(here[a], here[b]);
      }
    }
    return pairs;
  }

  #carrierOf(table: Table, { links, layers }: Below, a: number, b: number): Carrier {
    if (links) {
      const link = this.hosts.linkOf(a, b);
      if (link !== undefined) return { link };
    }
    const layer = layers.find((layer) => {
      const { members } = this.layers[layer];
      return members.includes(a) && members.includes(b);
    });
    if (layer !== undefined) return { layer };
    const [one, other] = [this.hosts.names.all[a], this.hosts.names.all[b]];
    throw table.fault(
      table.has("links") ? "links" : "shape",
      `${one} and ${other} cannot be neighbours: no ${links ? "link joins them" : "layer below has both"}${
        links && layers.length > 0 ? ", and no layer below has both" : ""
      }`,
    );
  }
}
