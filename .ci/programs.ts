/**
 * The programs that `ouro` is, and the links that make them callable by name.
 *
 * @module
 */
import { TOOLS } from "../core/tools/table.ts";

/** The folder of the checkout, without a slash at the end. */
export const ROOT = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** The names of the programs. */
export const PROGRAM_NAMES: readonly string[] = TOOLS.filter(({ program }) => program).map(({ word }) =>
  word
);

/** Returns the files that are loaded by a path that is not a literal: a bundler cannot see them. */
export async function dynamicModules(): Promise<string[]> {
  const found = new Set(
    TOOLS.flatMap(({ module, main = module }) => [module, main]).map((path) => `${path.slice(2)}.ts`),
  );
  for (const [file, folder] of [["main.ts", ""], ["plugins/builtins.ts", "plugins/"]]) {
    const text = await Deno.readTextFile(`${ROOT}/${file}`);
    for (const [, path] of text.matchAll(/"\.\/([\w/]+)"/g)) found.add(`${folder}${path}.ts`);
  }
  return [...found];
}

/** Makes each program a symbolic link to `ouro` in `folder`. */
export async function linkPrograms(folder: string): Promise<void> {
  for (const name of PROGRAM_NAMES) {
    const temporary = `${folder}/.${name}.${crypto.randomUUID()}`;
    await Deno.symlink("ouro", temporary);
    await Deno.rename(temporary, `${folder}/${name}`);
  }
}

/** Puts a file in place at once, also while another one of that name runs. */
export async function installFile(
  path: string,
  write: (temporary: string) => Promise<void>,
  mode = 0o755,
): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID()}`;
  try {
    await write(temporary);
    await Deno.chmod(temporary, mode);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

/** Runs a command; its output is this process's. @throws Error when it fails */
export async function run(command: readonly string[], options: Deno.CommandOptions = {}): Promise<void> {
  const [path, ...args] = command;
  const { success, code } = await new Deno.Command(path, {
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
    ...options,
    args,
  }).spawn().status;
  if (!success) throw new Error(`${path} ended with ${code}: ${command.join(" ")}`);
}

/** Returns what a command prints. @throws Error when it fails */
export async function output(command: readonly string[], options: Deno.CommandOptions = {}): Promise<string> {
  const [path, ...args] = command;
  const { success, code, stdout } = await new Deno.Command(path, {
    stdin: "null",
    stderr: "inherit",
    ...options,
    args,
  }).output();
  if (!success) throw new Error(`${path} ended with ${code}: ${command.join(" ")}`);
  return new TextDecoder().decode(stdout);
}
