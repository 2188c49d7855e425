/**
 * What a configuration file asks for, as the requests that `irm` would make: handled group by group in the file's order.
 *
 * @module
 */
import { InvalidError } from "../contract/errors.ts";
import type { ConfigFile, IpcpTable, NameTable } from "./config_schema.ts";

/** A request of the control protocol. */
export interface PlannedRequest {
  readonly method: string;
  readonly params: Record<string, unknown>;
}

/** Keys of the file that `irm` writes differently. */
const OPTION_WORDS: Record<string, string> = {
  addr_size: "addr",
  eid_size: "eid",
  max_ttl: "ttl",
  "addr-auth": "addr_auth",
  dev: "device",
  dht_t_expiry: "dht_t_expire",
};

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
 * @param types the known types of IPCP, for the error that names an unknown table
 * @throws InvalidError for a table that is neither `name` nor a type
 */
export function planOf(config: ConfigFile, types: readonly string[]): PlannedRequest[] {
  const plan = Object.entries(config.names).flatMap(([name, table]) => planName(name, table));
  for (const [type, ipcps] of Object.entries(config.ipcps)) {
    if (!types.includes(type)) {
      throw new InvalidError(`Unknown toplevel key: ${type}; there are: plugins, name, ${types.join(", ")}`);
    }
    for (const [name, table] of Object.entries(ipcps)) plan.push(...planIpcp(type, name, table));
  }
  return plan;
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
        },
      };
    }),
  ];
}

function planIpcp(type: string, name: string, table: IpcpTable): PlannedRequest[] {
  const { bootstrap, enrol, autobind, reg, conn, options } = table;
  const plan: PlannedRequest[] = [];
  if (enrol !== undefined) {
    plan.push({ method: "ipcp.enrol", params: { name, type, destination: enrol, autobind } });
    for (const destination of conn) {
      plan.push({ method: "ipcp.connect", params: { name, destination, component: "*" } });
    }
  } else if (bootstrap !== undefined) {
    plan.push({
      method: "ipcp.bootstrap",
      params: { name, type, layer: bootstrap, options: optionsOf(options), autobind },
    });
  } else {
    plan.push({ method: "ipcp.create", params: { name, type } });
  }
  for (const service of reg) {
    plan.push({ method: "name.register", params: { name: service, layers: [], ipcps: [name] } });
  }
  return plan;
}

function optionsOf(keys: Record<string, unknown>): Record<string, string> {
  const options: Record<string, string> = {};
  for (const [key, value] of Object.entries(keys)) {
    // A list, of an option that may be repeated, becomes a text with commas.
    const text = typeof value === "number" && key === "ethertype" ? value.toString(16) : String(value);
    options[OPTION_WORDS[key] ?? key] = text;
  }
  return options;
}
