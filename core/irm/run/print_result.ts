/**
 * Prints the result of a command in its form.
 *
 * @module
 */
import type { Request } from "../grammar/parse/read_command.ts";
import type { Environment } from "../../tools/environment.ts";
import { readIpcps, readNames, readWords } from "./lists.ts";
import { formatTable } from "./table.ts";

/** Prints `result`; gives the exit status. */
export function printResult(result: unknown, request: Request, environment: Environment): number {
  const { command: { output }, shown } = request;
  if (shown.as === "JSON") {
    environment.print(JSON.stringify(result, null, 2));
    return 0;
  }
  switch (output) {
    case "ipcps":
      return printIpcps(result, request, environment);
    case "names":
      return printNames(result, request, environment);
    case "registrations":
      return printRegistrations(result, request, environment);
    case "tree":
      environment.print(treeLines(result, "").join("\n"));
      return 0;
    default:
      return 0;
  }
}

function printIpcps(result: unknown, { params }: Request, { print }: Environment): number {
  const rows = readIpcps(result);
  if (rows.length > 0) {
    const cells = rows.map((
      { pid, name, type, layer },
    ) => [String(pid), name, type, layer ?? "Not enrolled."]);
    print(formatTable([["pid", 7], ["name", 20], ["type", 10], ["layer", 20]], cells) + "\n");
  } else {
    const filtered = Object.keys(params).length > 0;
    print(`${filtered ? "No such IPCPs in system." : "No IPCPs in system."}\n`);
  }
  return 0;
}

function printNames(result: unknown, { params }: Request, { print }: Environment): number {
  const rows = readNames(result);
  if (rows.length > 0) {
    const cells = rows.map(({ name, balancing }) => [name, balancing]);
    print(formatTable([["name", 50], ["load-balance policy", 20]], cells));
  } else {
    print(`${params.prefix === undefined ? "No names in system." : "No such names in system."}\n`);
  }
  return 0;
}

function printRegistrations(
  result: unknown,
  { command, params }: Request,
  { complain }: Environment,
): number {
  if (readWords(result).length > 0) return 0;
  const patterns = [params.layers, params.ipcps].flat().join(", ");
  complain(`${command.path}: no IPCP matches ${patterns}; see: irm ipcp list`);
  return 1;
}

/** A tree of plain data, one leaf a line, branches indented. */
function treeLines(value: unknown, indent: string): string[] {
  if (typeof value !== "object" || value === null) return [`${indent}${String(value)}`];
  return Object.entries(value).flatMap(([name, child]) =>
    typeof child === "object" && child !== null
      ? [`${indent}${name}:`, ...treeLines(child, indent + "  ")]
      : [`${indent}${name}: ${String(child)}`]
  );
}
