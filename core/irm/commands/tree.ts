/**
 * The tree of all commands.
 *
 * @module
 */
import { type Command, type Group, isGroup } from "../grammar/command.ts";
import { BIND, UNBIND } from "./bind.ts";
import { CONFIG } from "./config.ts";
import { IPCP } from "./ipcp.ts";
import { AS, printTree } from "./shared.ts";
import { NAMES, OLD_REGISTER, OLD_UNREGISTER } from "./name.ts";

const STATUS: Command = {
  word: "status",
  path: "irm status",
  method: "status",
  help: "show counts and limits of the IRMd",
  about: "Shows what the IRMd holds, against its limits.",
  examples: ["irm status", "irm status as JSON"],
  keywords: [AS],
  print: printTree,
};

/** `irm`. The order keeps every abbreviation of every release: `r` is register, `n r` is name register. */
export const IRM: Group = {
  word: "irm",
  path: "irm",
  help: "command the IRMd",
  children: [IPCP, BIND, UNBIND, NAMES, OLD_REGISTER, OLD_UNREGISTER, STATUS, CONFIG],
};

/** Returns all commands below a node. */
export function commandsOf(node: Group | Command): readonly Command[] {
  return isGroup(node) ? node.children.flatMap(commandsOf) : [node];
}
