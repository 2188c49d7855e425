/**
 * How long `ouro irm ipcp list` takes against an empty Deno script, side by side, and how much is on its import path.
 *
 * @module
 */
import type { Host } from "../support/host.ts";
import { OURO } from "../support/host.ts";
import { median, type Row } from "./table.ts";

const PAIRS = 40;
const MAX_RATIO = 2;
const MAX_FILES = 60;

/** Whole-process times in milliseconds, the two commands in turn. */
async function pairs(host: Host): Promise<{ list: number[]; empty: number[] }> {
  const script = `${host.folder}/empty.ts`;
  await Deno.writeTextFile(script, "");
  const time = async (command: readonly string[]) => {
    const start = performance.now();
    const { success, stderr } = await new Deno.Command(command[0], {
      args: command.slice(1),
      env: host.env,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr));
    return performance.now() - start;
  };
  const list: number[] = [], empty: number[] = [];
  for (let pair = -5; pair < PAIRS; pair++) {
    const a = await time([...OURO, "irm", "ipcp", "list"]);
    const b = await time([Deno.execPath(), "run", "-A", "-q", script]);
    if (pair < 0) continue; // Warm-up.
    list.push(a);
    empty.push(b);
  }
  return { list, empty };
}

/** How many modules `irm` loads for a command. */
async function modules(): Promise<number> {
  const main = new URL("../../core/irm/tool.ts", import.meta.url).pathname;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", main] }).output();
  const info: {
    modules: { dependencies?: { isDynamic?: boolean; code?: { specifier: string } }[]; specifier: string }[];
  } = JSON.parse(new TextDecoder().decode(stdout));
  const byName = new Map(info.modules.map((module) => [module.specifier, module]));
  const reached = new Set<string>();
  const visit = (specifier: string) => {
    if (reached.has(specifier)) return;
    reached.add(specifier);
    for (const { isDynamic, code } of byName.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code) visit(code.specifier);
    }
  };
  visit(`file://${main}`);
  return reached.size + 2; // and main.ts with its table
}

/** Measures on a host with an IRMd. */
export async function benchStartUp(host: Host): Promise<Row[]> {
  const { list, empty } = await pairs(host);
  const value = median(list), floor = median(empty), ratio = value / floor;
  const files = await modules();
  return [{
    what: "`irm ipcp list`, whole process, median",
    value: `${value.toFixed(1)} ms`,
    floor: `${floor.toFixed(1)} ms (empty script)`,
    ratio,
    required: `≤ ${MAX_RATIO} × floor`,
    reached: ratio <= MAX_RATIO,
  }, {
    what: "files on the import path of `irm`",
    value: `${files}`,
    required: `< ${MAX_FILES}`,
    reached: files < MAX_FILES,
  }];
}
