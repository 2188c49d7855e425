/**
 * Finds the program that a word on a command line means, and runs programs for what they print.
 *
 * @module
 */
import { NotFoundError, PermissionError } from "../../contract/errors.ts";
import { mayExecute } from "../c/libc.ts";

/** Where to look. */
export interface SearchPlaces {
  /** Absolute path of the folder that relative paths start from. */
  readonly folder: string;
  /** Folders for words without a slash, as in `PATH`. */
  readonly path: string;
}

/**
 * Finds the absolute path of a program: a file relative to the folder, else, for a word without a slash, the first in `PATH`.
 * What the caller may not execute is passed over. Links on the way are resolved, the program itself is not: a link
 * named `oping` stays `oping`.
 *
 * @throws NotFoundError `P does not exist.`
 * @throws PermissionError `Cannot execute P, please check permissions.`
 */
export function findProgram(word: string, places: SearchPlaces = here()): string {
  let found = false;
  for (const candidate of candidates(word, places)) {
    const info = look(candidate);
    if (!info) continue;
    found = true;
    if (info.isFile && mayExecute(candidate)) return named(candidate);
  }
  if (found) throw new PermissionError(`Cannot execute ${word}, please check permissions.`);
  throw new NotFoundError(`${word} does not exist.`);
}

const here = (): SearchPlaces => ({ folder: Deno.cwd(), path: Deno.env.get("PATH") ?? "" });

const from = (folder: string, path: string): string => path.startsWith("/") ? path : `${folder}/${path}`;

function candidates(word: string, { folder, path }: SearchPlaces): string[] {
  if (word === "") return [];
  const relative = from(folder, word);
  if (word.includes("/") || path === "") return [relative];
  // As in a shell, an empty entry is the current folder.
  return [relative, ...path.split(":").map((entry) => from(from(folder, entry), word))];
}

/** What is there, links followed; undefined when nothing is, or nothing that the caller may see. */
function look(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}

/** The path with the links to its folder resolved, and its own name kept. */
function named(path: string): string {
  const cut = path.lastIndexOf("/");
  const folder = Deno.realPathSync(path.slice(0, cut) || "/");
  return `${folder === "/" ? "" : folder}/${path.slice(cut + 1)}`;
}

/** Runs a program to its end; what it prints, on either output, comes back without colours. */
export async function outputOf(
  program: string,
  args: readonly string[],
  folder: string,
): Promise<{ readonly success: boolean; readonly text: string }> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: folder,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", RUST_BACKTRACE: "0" },
    stdin: "null",
  }).output();
  return { success, text: [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("") };
}
