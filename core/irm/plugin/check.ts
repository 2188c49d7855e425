/**
 * `ouro plugin check`: loads a file as the IRMd would, checks its types, lets its plugins do what their kinds ask for, and runs its
 * author's tests.
 *
 * @module
 */
import { PluginError } from "../../contract/errors.ts";
import type { AnyPlugin } from "../../contract/plugin.ts";
import { type PluginTests } from "../../contract/author_types.ts";
import type { MemberNeeds } from "../../conformance/ipcp/simulated_member.ts";
import type { Finding } from "../../conformance/findings.ts";
import { wrap } from "../../tools/columns.ts";
import type { Environment } from "../../tools/environment.ts";
import type { ResultOutput } from "../../tools/result_output.ts";
import type { RoleContext } from "../../tools/tool.ts";
import { checkTypes, type TypeCheck } from "./compiler.ts";
import { needsOf, pluginsOfFile, underWatch, type Watched } from "./watched.ts";

/** What is checked, and with what. */
export interface CheckOrder {
  readonly file: string;
  /** Options of the plugin, as a user writes them. */
  readonly options: Readonly<Record<string, string>>;
  readonly seed: number;
}

/** The tests of a plugin's author. */
interface AuthorTests {
  readonly file: string;
  readonly tests: PluginTests;
}

/** A plugin of the file. */
interface Checked {
  readonly kind: string;
  readonly name: string;
  /** What its kind asks for. */
  readonly contract: readonly Finding[];
  /** What its author's tests say. */
  readonly tests: readonly Finding[];
}

/** Seconds after which a check that has not ended is taken for a loop. */
const PATIENCE = 20;
const WIDTH = 100;
/** Most values of options that are listed of a failure. */
const MOST_SETTINGS = 3;

/** Checks a file and prints what holds; gives the exit status. */
export async function runCheck(
  order: CheckOrder,
  context: RoleContext,
  environment: Environment,
  output: ResultOutput,
): Promise<number> {
  const { entryOf } = await import("../../registry/plugin_file.ts");
  const { file } = order;
  const entry = entryOf(file);
  return await underWatch(context, "ouro plugin check", environment, async (watched) => {
    const builtins = await context.builtins();
    const { plugins, registry } = await pluginsOfFile(file, builtins, watched);
    const { options } = order;
    const tests = await testsBeside(entry, watched);
    const types = await checkTypes(tests ? [entry, tests.file] : [entry]);
    output.print(`types      ${types.state === "wrong" ? `WRONG\n${types.text}` : types.text}`);
    const checked: Checked[] = [];
    for (const [at, plugin] of plugins.entries()) {
      const needs = await needsOf(plugin, { plugins, registry, builtins, options });
      // The tests of a file with several plugins are those of the first.
      const one = await checkPlugin(plugin, order, needs, at === 0 ? tests : undefined, watched);
      for (const line of linesOf(one)) output.print(line);
      checked.push(one);
    }
    const late = watched.guard.stats();
    const ok = types.state !== "wrong" && late.length === 0 &&
      checked.every(({ contract, tests }) => [...contract, ...tests].every((finding) => finding.ok));
    output.result({ file, ok, types, plugins: checked, faults: late }, [verdict(checked, types, ok)]);
    return ok ? 0 : 1;
  }, PATIENCE);
}

async function checkPlugin(
  plugin: AnyPlugin,
  { file, seed }: CheckOrder,
  needs: MemberNeeds,
  tests: AuthorTests | undefined,
  { guard, timers }: Watched,
): Promise<Checked> {
  const { authorChecks, checksOf } = await import("../../conformance/suites.ts");
  const { findingOf } = await import("../../conformance/findings.ts");
  const { drawFrom } = await import("../../conformance/property.ts");
  drawFrom(seed);
  const watched = guard.plugin(plugin, file);
  const findings = async (checks: ReturnType<typeof checksOf>, origin: string): Promise<Finding[]> => {
    const found: Finding[] = [];
    for (const check of checks) {
      // The watchdog sees that others have their turn, and blames nobody for many short checks.
      await new Promise<void>((resolve) => timers.after(0, resolve));
      guard.onNamed(watched.id, `${watched.label}, in the check "${check.name}",`);
      const before = watched.begin();
      found.push(await findingOf(check, origin));
      watched.leave(before);
    }
    return found;
  };
  return {
    kind: plugin.kind,
    name: plugin.name,
    contract: await findings(checksOf(plugin, needs), file),
    tests: tests ? await findings(authorChecks(plugin, tests.tests, needs), tests.file) : [],
  };
}

/**
 * Loads the tests of a plugin's author; undefined when there are none, or such for another program, which export nothing.
 *
 * @throws PluginError when they are not what they should be
 */
async function testsBeside(
  file: string,
  { guard, timers }: Watched,
): Promise<AuthorTests | undefined> {
  const path = file.replace(/\.\w+$/, (ending) => `_test${ending}`);
  if (path === file || !await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return undefined;
  if (!/\bexport\s+default\b/.test(await Deno.readTextFile(path))) return undefined;
  const { importFile } = await import("../../registry/plugin_file.ts");
  const { default: exported } = await guard.loading(path, () => importFile(path, timers));
  if (!isTests(exported)) {
    throw new PluginError(
      `${path} must have tests as its default export: an object with a function under each sentence`,
    );
  }
  return { file: path, tests: exported };
}

const isTests = (value: unknown): value is PluginTests =>
  typeof value === "object" && value !== null &&
  Object.values(value).every((test) => typeof test === "function");

function linesOf({ kind, name, contract, tests }: Checked): string[] {
  return [
    `${kind} "${name}"`,
    ...partOf("contract", contract, "The contract asks"),
    ...partOf("tests", tests, "The test says"),
  ];
}

function partOf(title: string, findings: readonly Finding[], asks: string): string[] {
  if (findings.length === 0) return [`  ${title.padEnd(9)}none`];
  const wrong = findings.filter(({ ok }) => !ok);
  return [
    `  ${title.padEnd(9)}${findings.length - wrong.length} of ${findings.length} hold`,
    ...reasonsOf(wrong).flatMap((same) => [
      ...indented(`FAILS${same.length > 1 ? ` ${same.length} times` : ""}: ${same[0].found}`),
      ...same[0].inputs === undefined ? [] : indented(`with: ${same[0].inputs}`),
      ...[...Map.groupBy(same, ({ name }) => name)].flatMap(([name, ones]) =>
        indented(`${asks}: ${name}${settingsOf(ones)}.`)
      ),
    ]),
  ];
}

/** Sorts what fails by its reason, each of which is told once: of one check, only numbers may differ. */
function reasonsOf(wrong: readonly Finding[]): readonly (readonly Finding[])[] {
  const alike = Map.groupBy(wrong, ({ name, found = "" }) => `${name}\n${found.replaceAll(/\d+/g, "0")}`);
  const reasons = Map.groupBy(alike.values(), ([{ found }]) => found);
  return [...reasons.values()].map((ones) => ones.flat());
}

/** Says with which values of options something fails, where it is only with some. */
function settingsOf(findings: readonly Finding[]): string {
  const settings = findings.flatMap(({ setting }) => setting ?? []);
  if (settings.length < findings.length) return "";
  const more = settings.length - MOST_SETTINGS;
  const shown = more > 0 ? [...settings.slice(0, MOST_SETTINGS), `${more} more`] : settings;
  return ` (with ${listed(shown)})`;
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const indented = (text: string): string[] =>
  text.split("\n").flatMap((line) => wrap(line, WIDTH - 4)).map((line) => `    ${line}`);

function verdict(checked: readonly Checked[], { state }: TypeCheck, ok: boolean): string {
  if (!ok) {
    const kinds = [...new Set(checked.map(({ kind }) => kind))];
    return `It does not do what it has to. docs/plugins has a page about each kind: ${kinds.join(", ")}.`;
  }
  return state === "unchecked"
    ? "It does what it has to; its types were not checked."
    : "It does what it has to.";
}
