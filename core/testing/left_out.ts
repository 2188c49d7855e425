/**
 * Tests that need something that a machine may not have. What is left out is told to the run of the tests, which ends with a
 * line of totals (tests/run.ts).
 *
 * @module
 */

/** Name of the variable with the file that collects what is left out, a reason a line. */
export const LEFT_OUT_FILE = "OURO_TESTS_LEFT_OUT";

/** Tells that a test, or a part of one, is left out, for a reason of few words such as "no tshark"; none: it is not. */
export function leaveOut(reason: string | undefined): boolean {
  const file = Deno.env.get(LEFT_OUT_FILE);
  if (file && reason !== undefined) Deno.writeTextFileSync(file, `${reason}\n`, { append: true });
  return reason !== undefined;
}

/** Registers a test. */
export type Register = (name: string, run: (context: Deno.TestContext) => void | Promise<void>) => void;

/** Gives what registers tests that are left out for a reason; none when it is undefined. */
export function unless(reason: string | undefined): Register {
  if (reason === undefined) return Deno.test;
  return (name, run) => {
    leaveOut(reason);
    Deno.test({ name, ignore: true, fn: run });
  };
}

/** Why tests with this program are left out; undefined: it is on PATH. Where everything must be, in CI, it counts as there. */
export function whyNoProgram(program: string): string | undefined {
  if (Deno.env.has("CI")) return undefined;
  const found = (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
  return found ? undefined : `no ${program}`;
}

/** Why tests that start programs of other users are left out; undefined: this user may do so. */
export const whyNoRoot: string | undefined = Deno.uid() === 0 ? undefined : "no root";
