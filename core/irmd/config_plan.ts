/**
 * What a configuration file asks for, as the requests that `irm` would make: handled group by group in the file's order.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import type { PluginDeclaration } from "../contract/plugin.ts";
import { checkOptions, type Policies } from "../registry/check_options.ts";
import { suggest } from "../tools/suggest.ts";
import { type ConfigFile, IPCP_KEYS, type IpcpTable, type NameTable } from "./config_schema.ts";

/** A request of the control protocol. */
export interface PlannedRequest {
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
export function planOf(
  config: ConfigFile,
  types: readonly PluginDeclaration[],
  policies: Policies,
): PlannedRequest[] {
  const plan = Object.entries(config.names).flatMap(([name, table]) => planName(name, table));
  for (const [word, ipcps] of Object.entries(config.ipcps)) {
    const type = types.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!type) {
      const known = ["plugins", "limits", "name", ...types.map(({ name }) => name)];
      throw new InvalidError(
        `Unknown toplevel key: ${word}${proposal(word, known)}; there are: ${known.join(", ")}`,
      );
    }
    for (const [name, table] of Object.entries(ipcps)) {
      try {
        const own = planIpcp(type, name, table, policies);
        checkSingle(type, own[0].params, plan);
        plan.push(...own);
      } catch (thrown) {
        if (!(thrown instanceof InvalidError)) throw thrown;
        throw new InvalidError(`${word}.${name}: ${thrown.message}`, { cause: thrown });
      }
    }
  }
  return plan;
}

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
  return [
    { method: "name.create", params: { name, balancing, paths: Object.fromEntries(paths) } },
    ...table.prog.map((program, index) => {
      const words = table.args?.[index];
      return {
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
  name: string,
  table: IpcpTable,
  policies: Policies,
): PlannedRequest[] {
  const { bootstrap, enrol, autobind, reg, conn, options: keys } = table;
  const type = declaration.name;
  const options = optionsOf(declaration, keys, policies);
  const plan: PlannedRequest[] = [];
  if (enrol !== undefined) {
    if (!declaration.abilities?.includes("enrol")) {
      throw new InvalidError(`an IPCP of type ${type} cannot enroll; its layers are made with: bootstrap`);
    }
    plan.push({ method: "ipcp.enrol", params: { name, type, destination: enrol, autobind } });
    for (const destination of conn) {
      plan.push({ method: "ipcp.connect", params: { name, destination, component: "*" } });
    }
  } else if (bootstrap !== undefined) {
    checkOptions(declaration.options, options, policies);
    plan.push({ method: "ipcp.bootstrap", params: { name, type, layer: bootstrap, options, autobind } });
  } else {
    if (reg.length > 0) throw new InvalidError("reg needs a layer: say bootstrap or enrol");
    plan.push({ method: "ipcp.create", params: { name, type } });
  }
  for (const service of reg) {
    plan.push({ method: "name.register", params: { name: service, layers: [], ipcps: [name] } });
  }
  return plan;
}

/** Returns the options of an IPCP by the words of `irm`. @throws InvalidError for a key that is neither an option nor of the file */
function optionsOf(
  { options: own, uses = [] }: PluginDeclaration,
  keys: IpcpTable["options"],
  policies: Policies,
): Record<string, string> {
  const known = [...own, ...uses.flatMap(policies).flatMap(({ options }) => options)];
  const options = new Map<string, string>();
  for (const [key, value] of Object.entries(keys)) {
    const option = known.find(({ name, shown, aliases = [], fileWords = [] }) =>
      [name, shown, ...aliases, ...fileWords].includes(key)
    );
    if (!option) {
      const words = [...IPCP_KEYS, ...known.map(({ name, shown = name }) => shown)];
      throw new InvalidError(
        `${key} is not known here${proposal(key, words)}; there are: ${[...new Set(words)].join(", ")}`,
      );
    }
    const hexadecimal = option.type === "integer" && option.hexadecimal && typeof value === "number";
    // A list, of an option that may be repeated, becomes a text with commas.
    options.set(option.name, hexadecimal ? value.toString(16) : String(value));
  }
  return Object.fromEntries(options);
}

function proposal(word: string, words: readonly string[]): string {
  const meant = suggest(word, words);
  return meant === undefined ? "" : `; did you mean ${meant}?`;
}
