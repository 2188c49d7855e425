/**
 * `ouro plugin bench`: measures what the calls of a plugin cost, beside those of the built-in one of its kind, in one run.
 *
 * @module
 */
import type { AnyPlugin } from "../../contract/plugin.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import type { HotHook } from "../../conformance/hot_hooks.ts";
import { systemClock } from "../../os/clock.ts";
import { PluginError } from "../../contract/errors.ts";
import { counted, wrap } from "../../tools/columns.ts";
import { checkPlugin } from "../../registry/check_plugin.ts";
import { BUILT_IN } from "../../registry/registry.ts";
import type { Environment } from "../../tools/environment.ts";
import type { ResultOutput } from "../../tools/result_output.ts";
import type { RoleContext } from "../../tools/tool.ts";
import { needsOf, pluginsOfFile, type Surroundings, underWatch, type Watched } from "./watched.ts";

/** What is measured. */
export interface BenchOrder {
  readonly file: string;
  /** Options of the plugin, as a user writes them. */
  readonly options: Readonly<Record<string, string>>;
  /** The built-in plugin beside it; left out: the usual one of the kind. */
  readonly beside: string | undefined;
}

/** What a call costs. */
interface Cost {
  readonly hook: string;
  readonly what: string;
  /** Nanoseconds a call. */
  readonly ns: number;
  /** Left out where the other one has no such call. */
  readonly besideNs?: number;
}

/** The built-in plugins that others are measured beside. */
const BESIDE: Readonly<Record<PluginKind, string>> = {
  ipcp: "local",
  routing: "link_state",
  congestion: "mb-ecn",
  forwarding: "simple",
  directory: "DHT",
  address: "flat",
  scheduling: "priority",
  balancing: "round-robin",
  hash: "SHA3_256",
};

/** Milliseconds that a round takes at least, and how many rounds there are: the quickest counts. */
const ROUND = 15, ROUNDS = 7;
const PATIENCE = 20;
const WIDTH = 100;

/** Measures the plugins of a file, and prints the costs; gives the exit status. */
export async function runBench(
  order: BenchOrder,
  context: RoleContext,
  environment: Environment,
  output: ResultOutput,
): Promise<number> {
  const { file, beside, options } = order;
  return await underWatch(context, "ouro plugin bench", environment, async (watched) => {
    const builtins = await context.builtins();
    const { plugins, registry } = await pluginsOfFile(file, builtins, watched);
    const surroundings = { plugins, registry, builtins, options };
    const measured = [];
    for (const plugin of plugins) {
      const other = await registry.load(plugin.kind, beside ?? BESIDE[plugin.kind]);
      const { label, origin } = watched.guard.plugin(plugin, file);
      const costs = await costsOf(plugin, other.name, surroundings, watched).catch(async (thrown) => {
        const { wordsOf } = await import("../../conformance/findings.ts");
        throw new PluginError(
          `${label} cannot be measured: ${
            wordsOf(thrown, origin)
          }; ouro plugin check says what its kind asks for`,
          { cause: thrown },
        );
      });
      measured.push({ kind: plugin.kind, name: plugin.name, beside: other.name, costs });
      for (const line of linesOf(`${plugin.kind} "${plugin.name}"`, other.name, costs)) output.print(line);
      for (const line of faultsOf(plugin, watched)) output.print(line);
    }
    const faults = watched.guard.stats();
    output.result({ file, plugins: measured, faults }, []);
    return faults.length === 0 ? 0 : 1;
  }, PATIENCE);
}

async function costsOf(
  plugin: AnyPlugin,
  beside: string,
  surroundings: Surroundings,
  { guard, timers }: Watched,
): Promise<Cost[]> {
  const { hotHooksOf } = await import("../../conformance/hot_hooks.ts");
  const { registry, builtins, plugins } = surroundings;
  const found = builtins.find(({ declaration: { kind, name } }) => kind === plugin.kind && name === beside);
  const other = checkPlugin(await found?.load(), BUILT_IN);
  const hooks = await hotHooksOf(plugin, registry, { ...await needsOf(plugin, surroundings), guard });
  // It gets the options that it has, too.
  const its = await needsOf(other, { ...surroundings, plugins: [...plugins, other] });
  const others = await hotHooksOf(other, registry, its);
  const costs: Cost[] = [];
  for (const hook of hooks) {
    await new Promise<void>((resolve) => timers.after(0, resolve));
    const same = others.find(({ name }) => name === hook.name);
    const [ns, besideNs] = quickest(same ? [hook, same] : [hook]);
    costs.push({ hook: hook.name, what: hook.what, ns, besideNs });
  }
  return costs;
}

/** Returns the nanoseconds that a call of each costs; they take turns, so that both meet the same machine. */
function quickest(hooks: readonly HotHook[]): number[] {
  const counts = hooks.map(callsOfARound);
  const least = hooks.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    hooks.forEach((hook, at) => {
      least[at] = Math.min(least[at], timed(hook, counts[at]) * 1e6 / counts[at]);
    });
  }
  return least;
}

/** Returns how many calls take so long that the clock's grain does not matter. */
function callsOfARound(hook: HotHook): number {
  for (let count = 1;; count *= 2) if (timed(hook, count) >= ROUND || count > 1e8) return count;
}

function timed(hook: HotHook, count: number): number {
  const start = systemClock.now();
  hook.run(count);
  return systemClock.now() - start;
}

/** Says what the plugin did wrong while it was measured. */
function faultsOf({ kind, name }: AnyPlugin, { guard }: Watched): string[] {
  const own = guard.faults().find((fault) => fault.kind === kind && fault.name === name);
  if (!own) return [];
  const put = own.outOfUse ? ", and was put out of use" : "";
  return wrap(
    `It has failed ${
      counted(own.faults, "time")
    }${put}, the last time in ${own.last}. What was measured is not what it ` +
      "costs when it works: ouro plugin check says what its kind asks for.",
    WIDTH,
  );
}

function linesOf(label: string, beside: string, costs: readonly Cost[]): string[] {
  const rows = [
    ["call", label, beside, "ratio", "with"],
    ...costs.map(({ hook, what, ns, besideNs }) => [
      hook,
      written(ns),
      besideNs === undefined ? "" : written(besideNs),
      besideNs === undefined ? "" : `${(ns / besideNs).toFixed(ns < 100 * besideNs ? 1 : 0)} to 1`,
      what,
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) =>
      [0, 4].includes(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    )
      .join("  ").trimEnd()
  );
}

function written(ns: number): string {
  const [value, unit] = ns < 10_000 ? [ns, "ns"] : ns < 1e7 ? [ns / 1e3, "µs"] : [ns / 1e6, "ms"];
  return `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}
