/**
 * `ouro simd`: plays runs of a sweep for `ouro sim`, which starts one for each processor. Both talk in lines of JSON.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import { readInput, writeOutput } from "../../os/process/line_child.ts";
import { parseCommandLine } from "../../tools/command_line.ts";
import type { Role, Tool } from "../../tools/tool.ts";
import { fieldsOf, integer, text } from "../../wire/local/fields.ts";
import { playRun } from "./play_run.ts";

/** What command line, help, manual page and completion tell of it. */
export const TOOL = {
  name: "simd",
  command: "ouro simd",
  description: "Plays runs of a sweep for ouro sim, which starts it.",
  options: [],
} as const satisfies Tool;

/** Plays what it is given until nobody gives it any more. */
export const run: Role = async (words, context) => {
  const parsed = parseCommandLine(TOOL, words);
  if (!parsed.ok) {
    console.log(parsed.usage.trimEnd());
    return parsed.status;
  }
  let last = Promise.resolve();
  await readInput((line) => {
    last = last.then(async () => writeOutput(await answer(line, context)));
  });
  await last;
  return 0;
};

async function answer(line: string, context: Parameters<Role>[1]): Promise<string> {
  try {
    const fields = fieldsOf(JSON.parse(line), "a run");
    const values = fieldsOf(fields.values, "values");
    const run = {
      number: integer(fields, "number", 0, Number.MAX_SAFE_INTEGER),
      seed: integer(fields, "seed", 0, 2 ** 32 - 1),
      values: Object.fromEntries(Object.keys(values).map((key) => [key, text(values, key)])),
    };
    return JSON.stringify({ result: await playRun(text(fields, "scenario", 4096), run, context, () => {}) });
  } catch (thrown) {
    return JSON.stringify({ error: asOuroError(thrown).message });
  }
}
