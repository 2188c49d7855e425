/**
 * What a configuration file asks for, as the requests that `irm` would make: handled group by group in the file's order.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import type { OptionDeclaration } from "../contract/options.ts";
import type { PluginDeclaration } from "../contract/plugin.ts";
import { checkOptions, OptionError, type Policies } from "../registry/check_options.ts";
import { proposal } from "../tools/suggest.ts";
import { at, ConfigError, type Place } from "./config_place.ts";
import { type ConfigFile, IPCP_KEYS, type IpcpTable, type NameTable } from "./config_schema.ts";

/** A request of the control protocol, and what asks for it. */
export interface PlannedRequest {
  readonly place: Place;
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** Keys of a name's table that are security paths, and what the control protocol calls them. */
const PATHS: Record<string, string> = {
  server_enc_file: "sencpath",
  server_crt_file: "scrtpath",
  server_key_file: "skeypath",
  client_enc_file: "cencpath",
  client_crt_file: "ccrtpath",
  client_key_file: "ckeypath",
};

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
  const plan = Object.entries(config.names).flatMap(([name, table]) => planName(name, table));
  const destinations = destinationsOf(config);
  for (const [word, ipcps] of Object.entries(config.ipcps)) {
    const type = types.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!type) {
      const known = ["plugins", "limits", "name", ...types.map(({ name }) => name)];
      const message = `Unknown toplevel key: ${word}${proposal(word, known)}; there are: ${known.join(", ")}`;
      throw new ConfigError([word], message, undefined);
    }
    for (const [name, table] of Object.entries(ipcps)) {
      const place = [word, name];
      try {
        at(place, () => {
          const own = planIpcp(type, place, table, policies, destinations);
          checkSingle(type, own[0].params, plan);
          plan.push(...own);
        });
      } catch (thrown) {
        if (!(thrown instanceof ConfigError)) throw thrown;
        throw new ConfigError(thrown.place, `${word}.${name}: ${thrown.message}`, thrown);
      }
    }
  }
  return plan;
}

/** The names that IPCPs of the file enroll with and connect to. */
const destinationsOf = ({ ipcps }: ConfigFile): Set<string | undefined> =>
  new Set(
    Object.values(ipcps).flatMap((tables) => Object.values(tables)).flatMap(({ enrol, conn }) => [
      ...enrol === undefined ? [] : [enrol, ...conn],
    ]),
  );

/** Two IPCPs cannot have one name, and a second IPCP comes into a layer by enrolling. */
function checkSingle(
  { name: type, abilities }: PluginDeclaration,
  { name, layer }: PlannedRequest["params"],
  plan: readonly PlannedRequest[],
): void {
  const others = plan.filter(({ params }) => params.type !== undefined).map(({ params }) => params);
  if (others.some((other) => other.name === name)) {
    throw new InvalidError(`there is another IPCP with the name "${name}"; give each its own`);
  }
  if (layer === undefined || !abilities?.includes("enrol")) return;
  const first = others.find((other) => other.layer === layer && other.type === type);
  if (!first) return;
  throw new InvalidError(
    `"${first.name}" is bootstrapped in the layer "${layer}", too; ` +
      `take another name for the layer, or: enrol = "${first.name}"`,
  );
}

function planName(name: string, table: NameTable): PlannedRequest[] {
  const balancing = table.lb === "spill" ? "spillover" : table.lb;
  const paths = Object.entries(PATHS).flatMap(([key, word]) => {
    const path = table[key as keyof NameTable];
    return path === undefined ? [] : [[word, path]];
  });
  const place = ["name", name];
  return [
    { place, method: "name.create", params: { name, balancing, paths: Object.fromEntries(paths) } },
    ...table.prog.map((program, index) => {
      const words = table.args?.[index];
      return {
        place: [...place, "prog"],
        method: "bind.program",
        params: {
          name,
          program,
          auto: words !== undefined,
          arguments: (words ?? "").split(" ").filter((word) => word !== ""),
          users: table.users,
        },
      };
    }),
  ];
}

function planIpcp(
  declaration: PluginDeclaration,
  place: Place,
  table: IpcpTable,
  policies: Policies,
  destinations: ReadonlySet<string | undefined>,
): PlannedRequest[] {
  const { bootstrap, enrol, reg, conn, options: keys } = table;
  const { name: type, components = [], abilities } = declaration;
  const [, name] = place;
  // Whom another one of this host asks for, and nobody binds, would be waited for for ever.
  const asked = destinations.has(name) || destinations.has(bootstrap);
  const autobind = table.autobind ?? (asked && (abilities ?? []).includes("enrol"));
  const options = optionsOf(declaration, place, keys, policies);
  const plan: PlannedRequest[] = [];
  if (enrol !== undefined) {
    if (!abilities?.includes("enrol")) {
      const message = `an IPCP of type ${type} cannot enroll; its layers are made with: bootstrap`;
      throw new ConfigError([...place, "enrol"], message, undefined);
    }
    plan.push({ place, method: "ipcp.enrol", params: { name, type, destination: enrol, autobind } });
    for (const destination of conn) {
      const params = { name, destination, component: components.length === 1 ? components[0] : "*" };
      plan.push({ place: [...place, "conn"], method: "ipcp.connect", params });
    }
  } else if (bootstrap !== undefined) {
    check(declaration, place, keys, options, policies);
    plan.push({
      place,
      method: "ipcp.bootstrap",
      params: { name, type, layer: bootstrap, options, autobind },
    });
  } else {
    if (reg.length > 0) {
      throw new ConfigError([...place, "reg"], "reg needs a layer: say bootstrap or enrol", undefined);
    }
    plan.push({ place, method: "ipcp.create", params: { name, type } });
  }
  for (const service of reg) {
    const params = { name: service, layers: [], ipcps: [name] };
    plan.push({ place: [...place, "reg"], method: "name.register", params });
  }
  return plan;
}

/** Checks the options. @throws ConfigError for the one that is wrong */
function check(
  declaration: PluginDeclaration,
  place: Place,
  keys: IpcpTable["options"],
  options: Record<string, string>,
  policies: Policies,
): void {
  try {
    checkOptions(declaration.options, options, policies);
  } catch (thrown) {
    if (!(thrown instanceof OptionError)) throw thrown;
    const { option, message } = thrown;
    const key = Object.keys(keys).find((key) => optionOf(key, declaration, policies)?.name === option);
    throw new ConfigError(key === undefined ? place : [...place, key], message, thrown);
  }
}

const optionsFor = ({ options, uses = [] }: PluginDeclaration, policies: Policies): OptionDeclaration[] => [
  ...options,
  ...uses.flatMap(policies).flatMap((policy) => policy.options),
];

const optionOf = (
  key: string,
  declaration: PluginDeclaration,
  policies: Policies,
): OptionDeclaration | undefined =>
  optionsFor(declaration, policies).find(({ name, shown, aliases = [], fileWords = [] }) =>
    [name, shown, ...aliases, ...fileWords].includes(key)
  );

/** Returns the options of an IPCP by the words of `irm`. @throws ConfigError for a key that is neither an option nor of the file */
function optionsOf(
  declaration: PluginDeclaration,
  place: Place,
  keys: IpcpTable["options"],
  policies: Policies,
): Record<string, string> {
  const options = new Map<string, string>();
  for (const [key, value] of Object.entries(keys)) {
    at([...place, key], () => {
      const option = optionOf(key, declaration, policies);
      if (!option) {
        const known = optionsFor(declaration, policies).map(({ name, shown = name }) => shown);
        const words = [...new Set([...IPCP_KEYS, ...known])];
        throw new InvalidError(
          `${key} is not known here${proposal(key, words)}; there are: ${words.join(", ")}`,
        );
      }
      if (options.has(option.name)) throw new InvalidError(`${key} is given twice, under two words`);
      options.set(option.name, written(key, option, value));
    });
  }
  return Object.fromEntries(options);
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
