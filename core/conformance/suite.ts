/**
 * What all conformance suites share: checks with names, and the checks of a plugin's declaration.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { AnyPlugin, Plugin, PluginInstances } from "../contract/plugin.ts";
import { SILENT } from "../contract/ports.ts";
import { checkOptions } from "../registry/check_options.ts";
import { checkPlugin } from "../registry/check_plugin.ts";
import { isPromise } from "../registry/guard/describe.ts";
import { PluginGuard } from "../registry/guard/plugin_guard.ts";
import { BUILT_IN, Registry } from "../registry/registry.ts";

/** What a plugin needs to be proved. */
export interface Needs {
  /** Its options as a user writes them; without them, its defaults. */
  readonly options?: Readonly<Record<string, string>>;
  /** Plugins of the kinds that it uses. */
  readonly uses?: readonly AnyPlugin[];
  /** Takes the calls of the plugin, as in a daemon; left out: what it throws is thrown. */
  readonly guard?: PluginGuard;
}

/** What stands in the place of a file in errors. */
export const ORIGIN = "conformance";

/** One thing that is checked; `run` throws when the plugin does not conform. */
export interface Check {
  /** Says what conforms, as the name of a test. */
  readonly name: string;
  /** The option, and its value, with which the plugin is made for it, where that is not what the user has given. */
  readonly setting?: string;
  /** Checks it. */
  run(): void | Promise<void>;
}

/** Registers checks as tests. */
export function registerChecks(plugin: AnyPlugin, checks: readonly Check[]): void {
  for (const { name, run } of checks) Deno.test(`${plugin.kind} ${plugin.name}: ${name}`, run);
}

/** A registry with the plugin and those that it uses. */
export function registryOf(
  plugin: AnyPlugin,
  uses: readonly AnyPlugin[] = [],
  guard = new PluginGuard(SILENT, { whom: "nobody" }),
): Registry {
  const registry = new Registry(SILENT, guard);
  registry.add(plugin, ORIGIN);
  for (const one of uses) registry.add(one, BUILT_IN);
  return registry;
}

/** Kinds whose factories get nothing but options. */
export type SimpleKind = "hash" | "congestion" | "forwarding" | "scheduling" | "balancing";

/** Makes an instance as a host does: options are checked, and what was left out has its defaults. */
export const instanceOf = <K extends SimpleKind>(
  plugin: Plugin<K> & AnyPlugin,
  { options = {}, uses }: Needs = {},
): PluginInstances[K] =>
  answering(
    registryOf(plugin, uses).make<K>(plugin.kind, plugin.name, checkOptions(plugin.options, options)),
  );

/** Methods of instances that give something with methods of its own. */
const MAKERS = ["flow", "queue"];

/** Returns the instance, whose methods throw when they put their answer off. */
function answering<T extends object>(made: T): T {
  return new Proxy(made, {
    get(target, method) {
      const value: unknown = Reflect.get(target, method, target);
      if (typeof value !== "function") return value;
      return (...words: unknown[]) => {
        const answer: unknown = value.apply(target, words);
        if (isPromise(answer)) {
          assert.fail(`${String(method)} returned a promise, and must answer at once: leave async out`);
        }
        const isMade = typeof answer === "object" && answer !== null && MAKERS.includes(String(method));
        return isMade ? answering(answer) : answer;
      };
    },
  });
}

/** The checks of a declaration, for every kind. */
export function declarationChecks(plugin: AnyPlugin, given: Readonly<Record<string, string>> = {}): Check[] {
  return [
    { name: "is well declared", run: () => void checkPlugin(plugin, ORIGIN) },
    {
      name: "its declaration is plain data",
      run: () => {
        const { create: _, ...declaration } = plugin;
        const defined = JSON.parse(JSON.stringify(declaration));
        assert.deepEqual(structuredClone(declaration), { ...declaration, ...defined });
      },
    },
    {
      name: "its options have valid defaults",
      run: () => {
        const values = checkOptions(plugin.options, given);
        for (const option of plugin.options) {
          if (values[option.name] === undefined || option.type === "policy" || option.type === "flag") {
            continue;
          }
          const shown = option.type === "integer" && option.hexadecimal
            ? Number(values[option.name]).toString(16)
            : String(values[option.name]);
          assert.deepEqual(checkOptions([option], { [option.name]: shown }), {
            [option.name]: values[option.name],
          });
        }
      },
    },
  ];
}
