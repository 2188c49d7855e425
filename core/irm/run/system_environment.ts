/**
 * The machine as the tool's environment.
 *
 * @module
 */
import { asOuroError, InvalidError } from "../../contract/errors.ts";
import { systemTimers } from "../../os/clock.ts";
import { LineOutput } from "../../os/log/line_output.ts";
import type { Environment } from "../../tools/environment.ts";
import type { Role, RoleContext } from "../../tools/tool.ts";
import { IrmdClient } from "../../tools/irmd_client.ts";

/** Longest path of a security file, in bytes. */
const MAX_PATH = 511;

/** Makes a tool of `command`, with the machine as its environment; it ends when all output is written. */
export const withSystem = (
  command: (words: readonly string[], environment: Environment, context: RoleContext) => Promise<number>,
): Role =>
async (words, context) => {
  const output = new LineOutput(Deno.stdout, systemTimers, false);
  const client = new IrmdClient();
  try {
    const status = await command(words, {
      print: (text) => output.print(text),
      complain: (text) => {
        output.flush(); // In the order in which they were printed.
        console.error(text);
      },
      terminal: async () => (await import("../../os/process/pager.ts")).terminal(),
      call: (method, params) => client.call(method, params),
      builtins: async () =>
        (await context.builtins()).filter(({ declaration }) => !declaration.internal)
          .map(({ declaration }) => ({ declaration, origin: "built in" })),
      findProgram: async (word) => (await import("../../os/process/programs.ts")).findProgram(word),
      realPath,
    }, context);
    await output.finish();
    return status;
  } catch (thrown) {
    console.error(asOuroError(thrown).message);
    return 1;
  } finally {
    await client.close();
  }
};

async function realPath(path: string): Promise<string> {
  if (new TextEncoder().encode(path).length > MAX_PATH) {
    throw new InvalidError(`File path too long: ${path}.`);
  }
  try {
    return await Deno.realPath(path);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidError(`Failed to check path ${path}: ${why}.`, { cause });
  }
}
