/**
 * `irm name …`, and the forms of older releases, `irm register` and `irm unregister`.
 *
 * @module
 */
import { formatTable } from "../../tools/columns.ts";
import type { Command, Group, Keyword } from "../grammar/command.ts";
import { readNames, readWords } from "./lists.ts";
import { AS, WHERE } from "./shared.ts";

const NAME: Keyword = { name: "name", field: "name", value: "name", required: true, help: "the name" };

const path = (name: string, help: string): Keyword => ({
  name,
  field: `paths.${name}`,
  value: "file",
  help,
});

const CREATE: Command = {
  word: "create",
  path: "irm name create",
  method: "name.create",
  help: "make a name known",
  about:
    "Makes a name known to this system, says how its flows are shared among the processes that accept them, and " +
    "where its security files are.",
  examples: ["irm name create oping_server", "irm name create oping_server lb spillover"],
  first: NAME,
  keywords: [
    {
      name: "lb",
      field: "balancing",
      value: "balancing",
      default: "round-robin",
      help: "policy of load balancing",
    },
    path("sencpath", "encryption file of servers; default <security>/server/<name>/enc.conf"),
    path("scrtpath", "certificate of servers; default <security>/server/<name>/crt.pem"),
    path("skeypath", "private key of servers; default <security>/server/<name>/key.pem"),
    path("cencpath", "encryption file of clients; default <security>/client/<name>/enc.conf"),
    path("ccrtpath", "certificate of clients; default <security>/client/<name>/crt.pem"),
    path("ckeypath", "private key of clients; default <security>/client/<name>/key.pem"),
  ],
  prepare: async (params, { realPath }) => {
    const paths = Object.entries(params.paths ?? {});
    if (paths.length === 0) return params;
    const real: [string, string][] = [];
    for (const [word, path] of paths) real.push([word, await realPath(String(path))]);
    return { ...params, paths: Object.fromEntries(real) };
  },
};

const DESTROY: Command = {
  word: "destroy",
  path: "irm name destroy",
  method: "name.destroy",
  help: "forget a name",
  about: "Forgets the name. This does not unregister or unbind it.",
  examples: ["irm name destroy oping_server"],
  first: NAME,
  keywords: [],
};

const REGISTER: Command = {
  word: "register",
  path: "irm name register",
  method: "name.register",
  help: "make a name reachable in a layer",
  about:
    "Enters the name in the directory of every layer that matches, through every member of it on this system. A name " +
    "that is not known yet is created.",
  examples: ["irm name register oping_server layer local_layer", "irm n r oping_server ipcp 'eth*'"],
  first: NAME,
  keywords: WHERE,
  oneOf: ["layers", "ipcps"],
  defaults: { layers: [], ipcps: [] },
  print: (result, { command, params }, { complain }) => {
    if (readWords(result).length > 0) return 0;
    const patterns = [params.layers, params.ipcps].flat().join(", ");
    complain(`${command.path}: no IPCP matches ${patterns}; see: irm ipcp list`);
    return 1;
  },
};

const UNREGISTER: Command = {
  ...REGISTER,
  word: "unregister",
  path: "irm name unregister",
  method: "name.unregister",
  help: "take that back",
  about: "Removes the name from the directory of every layer that matches.",
  examples: ["irm name unregister oping_server layer local_layer"],
};

const LIST: Command = {
  word: "list",
  path: "irm name list",
  method: "name.list",
  help: "list names",
  about: "Lists the names that this system knows: all, or those that begin with a prefix.",
  examples: ["irm name list", "irm name list oping"],
  first: { name: "list", field: "prefix", value: "prefix", help: "only names that begin with this" },
  keywords: [AS],
  print: (result, { params }, { print }) => {
    const rows = readNames(result).map(({ name, balancing }) => [name, balancing]);
    if (rows.length > 0) print(formatTable([["name", 50], ["load-balance policy", 20]], rows));
    else print(`${params.prefix === undefined ? "No names in system." : "No such names in system."}\n`);
    return 0;
  },
};

/** `irm name`. */
export const NAMES: Group = {
  word: "name",
  path: "irm name",
  help: "names: create them and register them in layers",
  children: [CREATE, DESTROY, REGISTER, UNREGISTER, LIST],
};

const old = (command: Command): Command => ({
  ...command,
  path: `irm ${command.word}`,
  help: `older form of ${command.path}`,
  examples: [`irm ${command.word} name oping_server layer local_layer`],
  first: undefined,
  keywords: [NAME, ...WHERE],
  old: true,
});

/** `irm register`, as it was until 2019. */
export const OLD_REGISTER = old(REGISTER);
/** `irm unregister`, as it was until 2019. */
export const OLD_UNREGISTER = old(UNREGISTER);
