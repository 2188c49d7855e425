/**
 * Runs tshark with the dissector of docs/wireshark and gives what it shows, field by field.
 *
 * @module
 */

import { whyNoProgram } from "../../core/testing/left_out.ts";

const SCRIPT = new URL("../../docs/wireshark/ouroboros.lua", import.meta.url).pathname;
/** Stands between the values of a field: no text of a capture has it. */
const BETWEEN = "\x1f";

/** A frame as tshark shows it. */
export interface Dissected {
  /** From 1. */
  readonly number: number;
  /** All values of a field, in their order: `uint64` with base.HEX as `0x…`, bytes as hexadecimal. */
  values(field: string): readonly string[];
  /** What it says to be wrong: errors of the script, malformed messages, wrong checksums. */
  readonly faults: readonly string[];
}

/** Fields that tell of faults. */
const FAULTS = ["_ws.lua.error", "_ws.malformed", "ouro.malformed", "ouro.bad_checksum", "ouro.odd"];

/** How a capture is dissected. */
export interface DissectOptions {
  /** Preferences of the dissector, by name without `ouro.`. */
  readonly preferences?: Readonly<Record<string, string>>;
  /** More words for tshark. */
  readonly words?: readonly string[];
  /** More fields to show, of other dissectors. */
  readonly fields?: readonly string[];
}

/** Why tests with tshark are left out; undefined: they are not. */
export const whyNoTshark: string | undefined = whyNoProgram("tshark");

/** Runs tshark with the dissector. */
function tshark(words: readonly string[]): { stdout: string; stderr: string; code: number } {
  return run(["-X", `lua_script:${SCRIPT}`, ...words]);
}

function run(words: readonly string[]): { stdout: string; stderr: string; code: number } {
  const { stdout, stderr, code } = new Deno.Command("tshark", { args: [...words] }).outputSync();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), code };
}

let all: readonly string[] | undefined;

/** Abbreviations of all fields that the dissector has. */
export function dissectorFields(): readonly string[] {
  return all ??= run(["-G", "fields", "-X", `lua_script:${SCRIPT}`]).stdout.split("\n")
    .map((line) => line.split("\t"))
    .filter(([kind, , abbreviation]) => kind === "F" && /^ouro\./.test(abbreviation ?? ""))
    .map(([, , abbreviation]) => abbreviation);
}

/** Dissects a capture. @throws Error when tshark fails */
export function dissect(path: string, options: DissectOptions = {}): Dissected[] {
  const fields = [
    ...new Set([...dissectorFields(), ...FAULTS, "_ws.expert.message"]),
    ...options.fields ?? [],
  ];
  const { stdout, stderr, code } = tshark([
    ...Object.entries(options.preferences ?? {}).flatMap(([name, value]) => ["-o", `ouro.${name}:${value}`]),
    ...options.words ?? [],
    "-r",
    path,
    "-T",
    "fields",
    "-E",
    `aggregator=${BETWEEN}`,
    "-e",
    "frame.number",
    ...fields.flatMap((field) => ["-e", field]),
  ]);
  if (code !== 0) throw new Error(`tshark ended with ${code}: ${stderr}`);
  if (/Lua/.test(stderr)) throw new Error(`tshark complains about the script: ${stderr}`);
  return stdout.split("\n").slice(0, -1).map((line) => {
    const [number, ...columns] = line.split("\t");
    const values = new Map(fields.map((field, index) => [field, columns[index] ?? ""]));
    const get = (field: string) => {
      const text = values.get(field);
      if (text === undefined) throw new Error(`the dissector has no field ${field}`);
      return text === "" ? [] : text.split(BETWEEN);
    };
    return { number: Number(number), values: get, faults: FAULTS.filter((field) => get(field).length > 0) };
  });
}
