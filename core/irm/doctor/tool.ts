/**
 * `ouro doctor`: looks at what is installed, running, allowed and reachable, and says what to do.
 *
 * @module
 */
import { asOuroError, IrmdError, PermissionError } from "../../contract/errors.ts";
import { hostFacts } from "../../os/process/host_facts.ts";
import { ADMIN_GROUP } from "../../os/unix/runtime_folder.ts";
import { formatRows } from "../../tools/columns.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Environment } from "../../tools/environment.ts";
import type { Role, Tool } from "../../tools/tool.ts";
import { VERSION } from "../../version.ts";
import { type Fields, fieldsOf, integer, list, optional, text } from "../../wire/local/fields.ts";
import { knownPlugins } from "../run/plugin_source.ts";
import { printAnswer, reported } from "../run/printing.ts";
import { withSystem } from "../run/system_environment.ts";
import { type Finding, findings, type Level, type System } from "./findings.ts";

const MAX_ROWS = 100_000, MAX_TEXT = 4096;
const MARKS: Readonly<Record<Level, string>> = { ok: "ok", note: "note", fault: "FAULT" };

/** What help, manual page and completion tell of it. */
export const TOOL = {
  name: "doctor",
  command: "ouro doctor",
  description: "Looks at what is installed, running, allowed and reachable, and says what to do.",
  options: [{ long: "json", help: "Print the findings as JSON; as JSON is the same" }],
  notes: ["Exit status: 1 when something that is wanted does not work."],
} as const satisfies Tool;

/** Runs the words behind `ouro doctor`; gives the exit status. */
export const runDoctor = reported("ouro doctor", async (words, environment) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) return printAnswer(parsed, TOOL, environment);
  const found = findings(VERSION, hostFacts(ADMIN_GROUP), await systemOf(environment));
  environment.print(parsed.options.json ? JSON.stringify(found, null, 2) : linesOf(found).join("\n"));
  return found.some(({ level }) => level === "fault") ? 1 : 0;
});

/** Runs it. */
export const run: Role = withSystem(runDoctor);

async function systemOf(environment: Environment): Promise<System> {
  const nothing = { ipcps: [], names: 0, missing: [], faults: [] };
  try {
    const status = fieldsOf(await environment.call("status", {}), "the status");
    const ipcps = await environment.call("ipcp.list", {});
    return {
      ipcps: list({ ipcps }, "ipcps", MAX_ROWS, rowOf),
      names: integer(status, "names", 0, MAX_ROWS),
      missing: optional(status, "missing", (from, key) => list(from, key, MAX_ROWS, missingOf)) ?? [],
      faults: (await knownPlugins(environment)).flatMap(({ declaration: { kind, name }, faults }) =>
        faults === undefined ? [] : [`${kind} "${name}": ${faults}`]
      ),
    };
  } catch (thrown) {
    const error = asOuroError(thrown);
    if (error instanceof IrmdError) return { ...nothing, refusal: { kind: "absent", why: error.message } };
    if (error instanceof PermissionError) {
      return { ...nothing, refusal: { kind: "denied", why: error.message } };
    }
    throw error;
  }
}

function rowOf(from: Fields, key: string): System["ipcps"][number] {
  const row = fieldsOf(from[key], key);
  const layer = row.layer === null ? null : text(row, "layer", MAX_TEXT);
  return { name: text(row, "name", MAX_TEXT), type: text(row, "type", MAX_TEXT), layer };
}

function missingOf(from: Fields, key: string): System["missing"][number] {
  const row = fieldsOf(from[key], key);
  const problem = optional(row, "problem", (of, field) => text(of, field, MAX_TEXT));
  return { ipcp: text(row, "ipcp", MAX_TEXT), what: text(row, "what", MAX_TEXT), problem };
}

function linesOf(found: readonly Finding[]): string[] {
  return [...Map.groupBy(found, ({ about }) => about)].flatMap(([about, findings], at) => [
    ...at === 0 ? [] : [""],
    `${about[0].toUpperCase()}${about.slice(1)}:`,
    ...findings.flatMap(({ level, what, remedy }) => [
      ...formatRows([[MARKS[level], what]], 2, 7),
      ...remedy === undefined ? [] : formatRows([["", `→ ${remedy}`]], 2, 7),
    ]),
  ]);
}
