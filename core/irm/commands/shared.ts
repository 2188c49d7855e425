/**
 * What several commands share: keywords, and a form of output.
 *
 * @module
 */
import type { Command, Keyword } from "../grammar/command.ts";

/** The keyword `as JSON`. */
export const AS: Keyword = {
  name: "as",
  field: "as",
  value: "format",
  help: "the form of the output: JSON; --json is the same",
  local: true,
};

/** The keyword `name`, for an IPCP that must exist. */
export const IPCP_NAME: Keyword = {
  name: "name",
  field: "name",
  value: "ipcp",
  required: true,
  help: "name of the IPCP",
};

/** The keyword `type`. */
export const TYPE: Keyword = {
  name: "type",
  field: "type",
  value: "type",
  help: "type of the IPCP",
};

/** The keywords `layer` and `ipcp` of registering. */
export const WHERE: readonly Keyword[] = [
  {
    name: "layer",
    field: "layers",
    value: "layer",
    most: 128,
    help: "layer, as a pattern in which * stands for anything; may be repeated",
  },
  {
    name: "ipcp",
    field: "ipcps",
    value: "ipcp",
    most: 128,
    help: "IPCP, as a pattern in which * stands for anything; may be repeated",
  },
];

/** Prints a tree of plain data. */
export const printTree: Command["print"] = (result, _request, { print }) => {
  print(treeLines(result, "").join("\n") || "none");
  return 0;
};

/** Returns the lines of a tree, one leaf a line, branches indented. */
function treeLines(value: unknown, indent: string): string[] {
  if (typeof value !== "object" || value === null) return [`${indent}${String(value)}`];
  return Object.entries(value).flatMap(([name, child]) =>
    typeof child === "object" && child !== null
      ? [`${indent}${name}:`, ...treeLines(child, indent + "  ")]
      : [`${indent}${name}: ${String(child)}`]
  );
}
