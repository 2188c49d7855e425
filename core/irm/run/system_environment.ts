/**
 * The machine as the tool's environment.
 *
 * @module
 */
import { asOuroError, InvalidError } from "../../contract/errors.ts";
import { systemTimers } from "../../os/clock.ts";
import { LineOutput } from "../../os/log/line_output.ts";
import { RuntimeFolder } from "../../os/unix/runtime_folder.ts";
import type { Builtins } from "../../registry/builtins.ts";
import type { Environment } from "./environment.ts";
import { IrmdClient } from "./irmd_client.ts";

/** Longest path of a security file, in bytes. */
const MAX_PATH = 511;

/** Runs `command` with the machine as its environment; gives its exit status when all output is written. */
export async function withSystem(
  builtins: Builtins,
  command: (environment: Environment) => Promise<number>,
): Promise<number> {
  const output = new LineOutput(Deno.stdout, systemTimers, false);
  const client = new IrmdClient(() => RuntimeFolder.find().adminSocket);
  try {
    const status = await command({
      print: (text) => output.print(text),
      complain: (text) => {
        output.flush(); // In the order in which they were printed.
        console.error(text);
      },
      call: (method, params) => client.call(method, params),
      builtins: async () =>
        (await builtins()).filter(({ declaration }) => !declaration.internal)
          .map(({ declaration }) => ({ declaration, origin: "built in" })),
      findProgram: async (word) => (await import("../../os/process/programs.ts")).findProgram(word),
      realPath,
    });
    await output.finish();
    return status;
  } catch (thrown) {
    console.error(asOuroError(thrown).message);
    return 1;
  } finally {
    await client.close();
  }
}

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
