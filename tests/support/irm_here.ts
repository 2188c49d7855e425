/**
 * Gives commands of `irm` to an IRMd from within the test's process: the same words, code and requests as the program, without the start
 * of a process for each.
 *
 * @module
 */
import { InvalidError } from "../../core/contract/errors.ts";
import { runIrm } from "../../core/irm/run/run_irm.ts";
import { openLibc } from "../../core/os/c/libc.ts";
import { findProgram } from "../../core/os/process/programs.ts";
import { RuntimeFolder } from "../../core/os/unix/runtime_folder.ts";
import { IrmdClient } from "../../core/tools/irmd_client.ts";
import { BUILTINS } from "../../plugins/builtins.ts";

// The runtime counts a library that is opened in a test as a leak of that test.
openLibc();

/** What a command came to. */
export interface Answered {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the words behind `irm` against the IRMd of a runtime folder.
 *
 * @param path folders in which programs are looked for, in place of `PATH`
 */
export async function irmHere(folder: string, words: readonly string[], path?: string): Promise<Answered> {
  const client = new IrmdClient(() => [new RuntimeFolder(folder).adminSocket]);
  let [stdout, stderr] = ["", ""];
  try {
    const code = await runIrm(words, {
      print: (text) => stdout += `${text}\n`,
      complain: (text) => stderr += `${text}\n`,
      terminal: () => Promise.resolve(undefined),
      call: (method, params) => client.call(method, params),
      builtins: () =>
        Promise.resolve(
          BUILTINS.filter(({ declaration }) => !declaration.internal)
            .map(({ declaration }) => ({ declaration, origin: "built in" })),
        ),
      findProgram: (word) =>
        Promise.resolve(
          path === undefined ? findProgram(word) : findProgram(word, { folder: Deno.cwd(), path }),
        ),
      realPath: (path) =>
        Deno.realPath(path).catch((cause) => {
          throw new InvalidError(`Failed to check path ${path}: ${cause}.`);
        }),
    });
    return { code, stdout, stderr };
  } finally {
    await client.close();
  }
}
