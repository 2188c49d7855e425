/**
 * A folder with `ouro`, `oping`, … as programs, for tests that start them by name.
 *
 * @module
 */
import { OURO } from "./host.ts";

/** Writes the programs into `folder`; put it on PATH. */
export async function writePrograms(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const words = [...OURO, ...(name === "ouro" ? [] : [name])].map((word) => `'${word}'`).join(" ");
    await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\nexec ${words} "$@"\n`);
    await Deno.chmod(`${folder}/${name}`, 0o755);
  }
}
