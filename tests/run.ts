/**
 * Runs the tests as `deno test` does, with its output and its status; the last line says how many were left out, and why.
 *
 * `deno run -A tests/run.ts [OPTION…] [PATH…]` takes options of `deno test` (`--filter=TEXT`); without paths it runs all tests.
 *
 * @module
 */
import { LEFT_OUT_FILE } from "../core/testing/left_out.ts";
import { inGroups } from "./support/test_groups.ts";

const ALL = ["core", "plugins", "tests", "mod.ts"];

/** So many for each reason, the most frequent first: `12 no tshark, 3 no root`. */
function totals(reasons: readonly string[]): string {
  const counts = Map.groupBy(reasons, (reason) => reason);
  return [...counts].map(([reason, { length }]) => ({ reason, length })).sort((a, b) => b.length - a.length)
    .map(({ reason, length }) => `${length} ${reason}`).join(", ");
}

const options = Deno.args.filter((word) => word.startsWith("-"));
const paths = Deno.args.filter((word) => !word.startsWith("-"));
const folder = await Deno.makeTempDir({ prefix: "ouro-tests-" });
const file = `${folder}/left_out`;
await Deno.writeTextFile(file, "");
try {
  const command = new Deno.Command(Deno.execPath(), {
    // Types are checked by `deno task check`, once and for all files.
    args: [
      ...["test", "-A", "-q", "--no-check", "--parallel"],
      ...options,
      ...await inGroups(paths.length > 0 ? paths : ALL, folder),
    ],
    env: { [LEFT_OUT_FILE]: file },
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  });
  const { code } = await command.output();
  const reasons = (await Deno.readTextFile(file)).split("\n").slice(0, -1);
  // A filter leaves out the most, and tests that it leaves out tell their reasons all the same.
  const filtered = options.some((word) => word.startsWith("--filter"));
  if (reasons.length > 0 && !filtered) console.log(`left out: ${totals(reasons)}`);
  Deno.exitCode = code;
} finally {
  await Deno.remove(folder, { recursive: true });
}
