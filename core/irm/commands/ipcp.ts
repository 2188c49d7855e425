/**
 * `irm ipcp …`, but for bootstrapping and joining layers.
 *
 * @module
 */
import { formatTable } from "../../tools/columns.ts";
import type { Command, Group } from "../grammar/command.ts";
import { AS, IPCP_NAME, printTree, TYPE } from "./shared.ts";
import { type ListedMissing, readIpcps } from "./lists.ts";
import { BOOTSTRAP, CONNECT, DISCONNECT, ENROLL } from "./layer.ts";

const CREATE: Command = {
  word: "create",
  path: "irm ipcp create",
  method: "ipcp.create",
  help: "create an IPCP",
  about:
    "Creates an IPCP of a type. It is in no layer yet: bootstrap a new layer with it, or enroll it in one.",
  examples: ["irm ipcp create type local name local_1"],
  keywords: [
    { ...TYPE, required: true },
    { name: "name", field: "name", value: "name", required: true, help: "name of the new IPCP" },
  ],
};

const DESTROY: Command = {
  word: "destroy",
  path: "irm ipcp destroy",
  method: "ipcp.destroy",
  help: "end an IPCP",
  about: "Ends the IPCP of that name. Flows over it go down.",
  examples: ["irm ipcp destroy name local_1"],
  keywords: [IPCP_NAME],
};

const LIST: Command = {
  word: "list",
  path: "irm ipcp list",
  method: "ipcp.list",
  help: "list IPCPs",
  about: "Lists the IPCPs of this system: all, or those of a type, a name and a layer.",
  examples: ["irm ipcp list", "irm ipcp list type unicast layer normal_layer"],
  keywords: [
    { ...TYPE, help: "only this type" },
    { ...IPCP_NAME, required: false, help: "only this IPCP" },
    { name: "layer", field: "layer", value: "layer", help: "only this layer" },
    AS,
  ],
  print: (result, { params }, { print }) => {
    const listed = readIpcps(result);
    const rows = listed.filter(({ pid }) => pid !== undefined).map(({ pid, name, type, layer }) => [
      String(pid),
      name,
      type,
      layer ?? "Not enrolled.",
    ]);
    const table = formatTable([["pid", 7], ["name", 20], ["type", 10], ["layer", 20]], rows);
    const none = Object.keys(params).length > 0 ? "No such IPCPs in system." : "No IPCPs in system.";
    print(`${rows.length > 0 ? table : none}\n`);
    const missing = listed.flatMap(({ name, missing }) => missing.map((what) => missingLine(name, what)));
    if (missing.length > 0) print(`Wanted and not there:\n${missing.join("\n")}\n`);
    return 0;
  },
};

/** Returns what a list says of something that is wanted and not there. */
function missingLine(ipcp: string, { what, since, next, problem }: ListedMissing): string {
  const seconds = (time: number) => `${Math.ceil(time / 1000)} s`;
  const tried = next === undefined ? "" : `; next try in ${seconds(next)}`;
  return `  ${ipcp}: ${what}, for ${seconds(since)}${problem === undefined ? "" : `: ${problem}`}${tried}`;
}

const STATS: Command = {
  word: "stats",
  path: "irm ipcp stats",
  method: "ipcp.stats",
  help: "show what an IPCP counts",
  about: "Shows the statistics of every component of an IPCP, or a part of them.",
  examples: [
    "irm ipcp stats name normal_1",
    "irm ipcp stats name normal_1 as JSON",
    "irm ipcp stats name normal_1 path routing/counters",
  ],
  keywords: [
    IPCP_NAME,
    {
      name: "path",
      field: "path",
      value: "part",
      help: "only this part: names, and places in lists from 0, with / between them",
    },
    AS,
  ],
  print: printTree,
};

/** `irm ipcp`. */
export const IPCP: Group = {
  word: "ipcp",
  path: "irm ipcp",
  help: "IPC processes: create them and bring them into layers",
  children: [CREATE, DESTROY, BOOTSTRAP, ENROLL, CONNECT, DISCONNECT, LIST, STATS],
};
