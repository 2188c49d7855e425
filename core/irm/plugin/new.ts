/**
 * `ouro plugin new`: writes a plugin that works, its tests, and the types of the contract, for an editor and a compiler.
 *
 * @module
 */
import {
  ExistsError,
  InvalidError,
  messageOf,
  NotFoundError,
  PermissionError,
} from "../../contract/errors.ts";
import { PLUGIN_KINDS } from "../../contract/plugin_kind.ts";
import type { ListedPlugin } from "../../registry/registry.ts";
import { word } from "../../registry/words.ts";
import { formatRows, leftWidth, type Row } from "../../tools/columns.ts";
import type { ResultOutput } from "../../tools/result_output.ts";
import { proposal } from "../../tools/suggest.ts";
import { SKELETONS, TYPES, TYPES_FILE } from "./skeletons.ts";

interface NewFile {
  readonly path: string;
  readonly text: string;
  readonly what: string;
}

/**
 * Writes the files of a plugin, or none of them.
 *
 * @param path its name, with the folders in front of it that the files shall stand in
 * @returns the exit status
 */
export async function writePlugin(
  kind: string,
  path: string,
  builtins: readonly ListedPlugin[],
  output: ResultOutput,
): Promise<number> {
  const known = PLUGIN_KINDS.find((one) => one === kind);
  if (known === undefined) {
    throw new InvalidError(
      `there is no kind of plugin "${kind}"; the kinds are ${PLUGIN_KINDS.join(", ")}${
        proposal(kind, PLUGIN_KINDS)
      }`,
    );
  }
  const cut = path.lastIndexOf("/") + 1;
  const [folder, name] = [path.slice(0, cut), word({ name: path.slice(cut) }, "name")];
  const taken = builtins.some(({ declaration }) =>
    declaration.kind === known && [declaration.name, ...declaration.aliases ?? []].includes(name)
  );
  if (taken) throw new ExistsError(`a built-in plugin of kind ${kind} has the name "${name}": take another`);
  const skeleton = SKELETONS[known];
  const files: NewFile[] = [
    { path: `${path}.ts`, text: named(skeleton.plugin, name), what: `the plugin, of kind ${kind}` },
    { path: `${path}_test.ts`, text: skeleton.tests, what: "its tests" },
    { path: `${folder}${TYPES_FILE}`, text: TYPES, what: "the types of the contract" },
  ];
  await writeAll(files);
  const rows: Row[] = files.map(({ path, what }) => [path, what]);
  output.result({ kind, name, files: files.map(({ path }) => path) }, [
    ...formatRows(rows, 0, leftWidth(rows, 4096), 4096),
    `Next: ouro plugin check ${path}.ts`,
  ]);
  return 0;
}

/** Puts the name of the plugin in the place of that of the skeleton. */
export function named(text: string, name: string): string {
  const [own] = /(?<=^ {2}name: )"[^"]+"/m.exec(text) ?? [];
  return own === undefined ? text : text.replaceAll(own, JSON.stringify(name));
}

/** Writes files that are not there yet. One with the same text counts as written. */
async function writeAll(files: readonly NewFile[]): Promise<void> {
  const wanted: NewFile[] = [];
  for (const file of files) {
    const before = await textOf(file.path);
    if (before === file.text) continue;
    if (before !== undefined) {
      throw new ExistsError(`${file.path} is there already: it was not changed, and nothing was written`);
    }
    wanted.push(file);
  }
  for (const { path, text } of wanted) await write(path, text);
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw new PermissionError(`${path} cannot be read: ${messageOf(thrown)}`, { cause: thrown });
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(path, text, { createNew: true });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) {
      throw new NotFoundError(`${path} cannot be written: its folder is not there`, { cause });
    }
    throw new PermissionError(`${path} cannot be written: ${messageOf(cause)}`, { cause });
  }
}
