/**
 * What a configuration file asks for, as the requests that `irm` would make: handled group by group in the file's order.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import type { OptionDeclaration } from "../../contract/options.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import { QOS } from "../../contract/qos.ts";
import { checkOptions, OptionError, type Policies } from "../../registry/check_options.ts";
import { proposal } from "../../tools/suggest.ts";
import { qosToJson } from "../../wire/local/qos_json.ts";
import { type ConnectionEntry, FILE_KEYS, IPCP_KEYS, type ProgramEntry } from "./keys.ts";
import { asWritten, fileWord, fileWords, optionsFor } from "./option_words.ts";
import type { ConfigFile, IpcpTable, NameTable } from "./schema.ts";
import { at, ConfigError, type Place, tomlKey } from "./toml.ts";

/** A request of the control protocol, and what asks for it. */
export interface PlannedRequest {
  readonly place: Place;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/**
 * Returns the requests, in order.
 *
 * @param types the known types of IPCP
 * @param policies where the policies are looked up that options name
 * @throws InvalidError for what can never work, with its place in the file
 */
export const planOf = (
  config: ConfigFile,
  types: readonly PluginDeclaration[],
  policies: Policies,
): PlannedRequest[] => config.explain(() => checkedPlan(config, types, policies));

function checkedPlan(
  config: ConfigFile,
  types: readonly PluginDeclaration[],
  policies: Policies,
): PlannedRequest[] {
  const plan = Object.entries(config.names).flatMap(([name, table]) => planName(name, table, policies));
  const destinations = destinationsOf(config);
  const first = new Map<string, unknown>();
  for (const [word, ipcps] of Object.entries(config.ipcps)) {
    const type = types.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!type) {
      const known = [...Object.keys(FILE_KEYS), "limits", "name", ...types.map(({ name }) => name)];
      const message = `Unknown toplevel key: ${word}${proposal(word, known)}; there are: ${known.join(", ")}`;
      throw new ConfigError([word], message, undefined);
    }
    for (const [name, table] of Object.entries(ipcps)) {
      const place = [word, name];
      try {
        at(place, () => {
          const own = planIpcp(type, place, table, policies, destinations);
          checkSingle(type, own[0].params, first);
          plan.push(...own);
        });
      } catch (thrown) {
        if (!(thrown instanceof ConfigError)) throw thrown;
        throw new ConfigError(thrown.place, `${word}.${tomlKey(name)}: ${thrown.message}`, thrown);
      }
    }
  }
  return plan;
}

/** The names that IPCPs of the file enroll with and connect to. */
const destinationsOf = ({ ipcps }: ConfigFile): Set<string | undefined> =>
  new Set(
    Object.values(ipcps).flatMap((tables) => Object.values(tables)).flatMap(({ enrol, conn }) => [
      ...enrol === undefined ? [] : [enrol],
      ...conn.map(({ dst }) => dst),
    ]),
  );

/**
 * Two IPCPs cannot have one name, and a second IPCP comes into a layer by enrolling.
 *
 * @param first the IPCPs so far, by their names and by the layers that they make
 */
function checkSingle(
  { name: type, abilities }: PluginDeclaration,
  { name, layer, destination }: PlannedRequest["params"],
  first: Map<string, unknown>,
): void {
  const named = JSON.stringify([name]);
  if (first.has(named)) {
    throw new InvalidError(`there is another IPCP with the name "${name}"; give each its own`);
  }
  first.set(named, name);
  if (layer === undefined || destination !== undefined || !abilities?.includes("enrol")) return;
  const made = JSON.stringify([type, layer]);
  const other = first.get(made);
  if (other !== undefined) {
    throw new InvalidError(
      `"${other}" is bootstrapped in the layer "${layer}", too; ` +
        `take another name for the layer, or: enrol = "${other}"`,
    );
  }
  first.set(made, name);
}

function planName(name: string, table: NameTable, policies: Policies): PlannedRequest[] {
  const { create, lb, prog, args, users, paths } = table;
  const place = ["name", name];
  const balancing = lb === "spill" ? "spillover" : lb;
  const known = policies("balancing").map((policy) => policy.name);
  if (!known.includes(balancing)) {
    const message = `name.${tomlKey(name)}: lb is "${lb}"${proposal(lb, known)}; there are: ${
      known.join(", ")
    }`;
    throw new ConfigError([...place, "lb"], message, undefined);
  }
  const created = { place, method: "name.create", params: { name, balancing, paths } };
  return [
    ...create ? [created] : [],
    ...prog.map((entry, index) => ({
      place: [...place, "prog"],
      method: "bind.program",
      params: { name, ...programOf(entry, args[index], users) },
    })),
  ];
}

function programOf(entry: ProgramEntry, line: string | undefined, users: readonly string[]) {
  const words = entry.args ?? line?.split(" ").filter((word) => word !== "");
  return {
    program: entry.path,
    auto: entry.auto ?? words !== undefined,
    arguments: words ?? [],
    users: entry.users ?? users,
  };
}

function planIpcp(
  declaration: PluginDeclaration,
  place: Place,
  table: IpcpTable,
  policies: Policies,
  destinations: ReadonlySet<string | undefined>,
): PlannedRequest[] {
  const { bootstrap, enrol, layer, reg, bind, options: keys } = table;
  const { name: type, abilities } = declaration;
  const [, name] = place;
  const fail = (key: string, message: string): never => {
    throw new ConfigError([...place, key], message, undefined);
  };
  // Whom another one of this host asks for, and nobody binds, would be waited for for ever.
  const asked = destinations.has(name) || destinations.has(bootstrap);
  const autobind = table.autobind ?? (asked && (abilities ?? []).includes("enrol"));
  const given = optionsIn(declaration, place, keys, policies);
  const plan: PlannedRequest[] = [];
  if (layer !== undefined && enrol === undefined) {
    fail("layer", "layer goes with enrol; the other one is bootstrap");
  }
  if (enrol !== undefined) {
    if (!abilities?.includes("enrol")) {
      fail("enrol", `an IPCP of type ${type} cannot enroll; its layers are made with: bootstrap`);
    }
    const wanted = layer === undefined ? {} : { layer };
    const params = { name, type, ...wanted, destination: enrol, autobind };
    plan.push({ place, method: "ipcp.enrol", params });
  } else if (bootstrap !== undefined) {
    checkGiven(declaration, place, given, policies);
    const options = Object.fromEntries(given.map(({ option, text }) => [option, text]));
    const params = { name, type, layer: bootstrap, options, autobind };
    plan.push({ place, method: "ipcp.bootstrap", params });
  } else {
    for (const key of ["reg", "conn"] as const) {
      if (table[key].length > 0) fail(key, `${key} needs a layer: say bootstrap or enrol`);
    }
    plan.push({ place, method: "ipcp.create", params: { name, type } });
  }
  for (const service of new Set(bind)) {
    if (autobind && [name, bootstrap].includes(service)) continue;
    plan.push({ place: [...place, "bind"], method: "bind.ipcp", params: { ipcp: name, name: service } });
  }
  for (const entry of table.conn) {
    at(
      [...place, "conn"],
      () => plan.push({ ...planConnection(declaration, name, entry), place: [...place, "conn"] }),
    );
  }
  for (const service of reg) {
    const params = { name: service, layers: [], ipcps: [name] };
    plan.push({ place: [...place, "reg"], method: "name.register", params });
  }
  return plan;
}

function planConnection(
  { name: type, abilities, components = ["mgmt", "dt"] }: PluginDeclaration,
  name: string,
  { dst, comp, qos }: ConnectionEntry,
): Omit<PlannedRequest, "place"> {
  if (!abilities?.includes("connect")) throw new InvalidError(`an IPCP of type ${type} has no connections`);
  const words = [...components, "*"];
  if (!words.includes(comp)) {
    throw new InvalidError(`comp must be one of: ${words.join(", ")}; it is "${comp}"`);
  }
  const cube = Object.entries(QOS).find(([word]) => word === qos)?.[1];
  if (qos !== undefined && !cube) {
    throw new InvalidError(`qos must be one of: ${Object.keys(QOS).join(", ")}; it is "${qos}"`);
  }
  const component = comp === "*" && components.length === 1 ? components[0] : comp;
  const params = { name, destination: dst, component, ...cube ? { qos: qosToJson(cube) } : {} };
  return { method: "ipcp.connect", params };
}

/** An option that a table gives. */
export interface GivenOption {
  readonly key: string;
  /** Its name. */
  readonly option: string;
  /** Its value as `irm` would be given it. */
  readonly text: string;
}

/** Checks the options, by the words that the file has for them. @throws ConfigError for the one that is wrong */
export function checkGiven(
  { options }: PluginDeclaration,
  place: Place,
  given: readonly GivenOption[],
  policies: Policies,
): void {
  const table = Object.fromEntries(given.map(({ key, text }) => [key, text]));
  const inFile = (all: readonly OptionDeclaration[]) => all.map((option) => asWritten(option, table));
  try {
    checkOptions(
      inFile(options),
      table,
      (kind) => policies(kind).map((policy) => ({ ...policy, options: inFile(policy.options) })),
    );
  } catch (thrown) {
    if (!(thrown instanceof OptionError)) throw thrown;
    const { option, message } = thrown;
    throw new ConfigError(Object.hasOwn(table, option) ? [...place, option] : place, message, thrown);
  }
}

/**
 * Returns the options of a table.
 *
 * @param own the keys that such a table has beside options
 * @throws ConfigError for a key that is neither an option nor of the file
 */
export function optionsIn(
  declaration: PluginDeclaration,
  place: Place,
  keys: IpcpTable["options"],
  policies: Policies,
  own: readonly string[] = Object.keys(IPCP_KEYS),
): GivenOption[] {
  const known = optionsFor(declaration, policies);
  const all: GivenOption[] = [];
  for (const [key, value] of Object.entries(keys)) {
    at([...place, key], () => {
      const option = known.find((one) => fileWords(one).includes(key));
      if (!option) {
        const words = [...new Set([...own, ...known.map(fileWord)])];
        throw new InvalidError(
          `${key} is not known here${proposal(key, words)}; there are: ${words.join(", ")}`,
        );
      }
      const other = all.find((one) => one.option === option.name);
      if (other) throw new InvalidError(`${key} is given twice: as ${other.key}, too`);
      all.push({ key, option: option.name, text: written(key, option, value) });
    });
  }
  return all;
}

/** Returns the value of an option as `irm` would be given it. @throws InvalidError for one of a wrong type */
function written(key: string, option: OptionDeclaration, value: IpcpTable["options"][string]): string {
  const repeated = option.type === "text" && option.repeated;
  if (typeof value === "object" && !repeated) throw new InvalidError(`${key} must be one value, not a list`);
  if (option.type === "text" && typeof value !== "string" && typeof value !== "object") {
    throw new InvalidError(`${key} must be a text: put it in quotes`);
  }
  const hexadecimal = option.type === "integer" && option.hexadecimal && typeof value === "number";
  // A list, of an option that may be repeated, becomes a text with commas.
  return hexadecimal ? value.toString(16) : String(value);
}
