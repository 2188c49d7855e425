/**
 * `ouro plugin bench`: measures what the calls of a plugin cost, beside those of the built-in one of its kind, in one run.
 *
 * @module
 */
import type { AnyPlugin } from "../../contract/plugin.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import type { HotHook } from "../../conformance/hot_hooks.ts";
import { systemClock } from "../../os/clock.ts";
import type { Builtin } from "../../registry/builtins.ts";
import { checkPlugin } from "../../registry/check_plugin.ts";
import { BUILT_IN, type Registry } from "../../registry/registry.ts";
import type { Environment } from "../../tools/environment.ts";
import type { ResultOutput } from "../../tools/result_output.ts";
import type { RoleContext } from "../../tools/tool.ts";
import { pluginsOfFile, underWatch, type Watched } from "./watched.ts";

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
  readonly besideNs: number;
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

/** Measures the plugins of a file, and prints the costs; gives the exit status. */
export async function runBench(
  order: BenchOrder,
  context: RoleContext,
  environment: Environment,
  output: ResultOutput,
): Promise<number> {
  const { file, beside } = order;
  return await underWatch(context, "ouro plugin bench", environment, async (watched) => {
    const builtins = await context.builtins();
    const { plugins, registry } = await pluginsOfFile(file, builtins, watched);
    const measured = [];
    for (const plugin of plugins) {
      const other = await registry.load(plugin.kind, beside ?? BESIDE[plugin.kind]);
      const costs = await costsOf(plugin, other.name, order, builtins, registry, watched);
      measured.push({ kind: plugin.kind, name: plugin.name, beside: other.name, costs });
      for (const line of linesOf(`${plugin.kind} "${plugin.name}"`, other.name, costs)) output.print(line);
    }
    const faults = watched.guard.stats();
    output.result({ file, plugins: measured, faults }, []);
    return faults.length === 0 ? 0 : 1;
  }, PATIENCE);
}

async function costsOf(
  plugin: AnyPlugin,
  beside: string,
  { options }: BenchOrder,
  builtins: readonly Builtin[],
  registry: Registry,
  { timers }: Watched,
): Promise<Cost[]> {
  const { hotHooksOf } = await import("../../conformance/hot_hooks.ts");
  const { loadUsed, simulatedHost } = await import("../../conformance/ipcp/surroundings.ts");
  const hooksOf = async (of: AnyPlugin, given: Readonly<Record<string, string>>) => {
    const uses = of.kind === "ipcp" ? await loadUsed(of, builtins) : [];
    return await hotHooksOf(of, registry, { options: given, uses, networks: simulatedHost });
  };
  const found = builtins.find(({ declaration: { kind, name } }) => kind === plugin.kind && name === beside);
  const other = checkPlugin(await found?.load(), BUILT_IN);
  const hooks = await hooksOf(plugin, options);
  const shared = Object.entries(options).filter(([name]) => other.options.some((one) => one.name === name));
  const others = await hooksOf(other, Object.fromEntries(shared));
  const costs: Cost[] = [];
  for (const [at, hook] of hooks.entries()) {
    await new Promise<void>((resolve) => timers.after(0, resolve));
    const [ns, besideNs] = quickest([hook, others[at]]);
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

function linesOf(label: string, beside: string, costs: readonly Cost[]): string[] {
  const rows = [
    ["call", label, beside, "ratio", "with"],
    ...costs.map(({ hook, what, ns, besideNs }) => [
      hook,
      written(ns),
      written(besideNs),
      `${(ns / besideNs).toFixed(ns < 100 * besideNs ? 1 : 0)} to 1`,
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
