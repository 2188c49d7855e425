/**
 * What this process sees mounted (proc(5), `mountinfo`).
 *
 * @module
 */
import { runtimeError } from "../c/errno.ts";

/** Something that is mounted. */
export interface Mounted {
  readonly folder: string;
  readonly type: string;
}

/** Reads a table. What is mounted last at a folder hides the others. */
export const mountsIn = (table: string): Mounted[] =>
  table.split("\n").filter((line) => line !== "").map((line) => {
    const [, , , , folder, ...rest] = line.split(" ");
    return { folder: unescaped(folder), type: rest[rest.indexOf("-") + 1] };
  });

/** Returns the type of what is mounted at a folder; undefined: nothing is. */
export function typeMountedAt(folder: string): string | undefined {
  try {
    const table = Deno.readTextFileSync("/proc/self/mountinfo");
    return mountsIn(table).findLast((mounted) => mounted.folder === folder)?.type;
  } catch (thrown) {
    throw runtimeError(thrown, "cannot read what is mounted");
  }
}

/** Blanks and the like are written as octal numbers. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
