/**
 * Compares the plugins of a layer, as another member tells of them, with those of this host.
 *
 * @module
 */
import { PluginError } from "../../contract/errors.ts";
import { pluginsOf, type ToldConfiguration } from "../../wire/layer/layer_config.ts";
import type { PolicyTable } from "../../wire/layer/layer_extension.ts";

/** The part of a version that stands for what other versions understand. */
const major = (version: string): number => parseInt(version, 10);

/**
 * Says what is different, in sentences without full stop: a layer goes on with members of which some have an older plugin.
 *
 * @param policies gives the declarations of this host
 * @throws PluginError when a plugin has a version here that does not fit that of the layer
 */
export function pluginDifferences(configuration: ToldConfiguration, policies: PolicyTable): string[] {
  const { options, plugins: told = [] } = configuration;
  const used = pluginsOf(configuration, policies);
  const found: string[] = [];
  for (const { kind, declaration: { name, version } } of used) {
    const theirs = told.find((plugin) => plugin.kind === kind && plugin.name === name)?.version;
    if (version === theirs) continue;
    const label = `${kind} "${name}"`;
    if (version !== undefined && theirs !== undefined && major(version) !== major(theirs)) {
      throw new PluginError(
        `the layer uses ${label} in version ${theirs}, and this host has ${version}: one does not fit the other`,
      );
    }
    found.push(
      `${label} has ${version === undefined ? "no version" : `version ${version}`} here, and ${
        theirs ?? "none"
      } in the layer`,
    );
  }
  const known = new Set(used.flatMap(({ declaration }) => declaration.options.map(({ name }) => name)));
  for (const [name, value] of Object.entries(options)) {
    if (!known.has(name)) found.push(`the layer has the option ${name} (${value}), which no plugin has here`);
  }
  for (const { kind, declaration } of used) {
    // Those of the type are not told where they have their defaults, and the reference tells all that its policies have.
    if (kind === "ipcp" || declaration.code !== undefined) continue;
    for (const option of declaration.options) {
      const value = option.type === "flag" ? false : option.default;
      if (value === undefined || Object.hasOwn(options, option.name)) continue;
      found.push(
        `the layer does not say the option ${option.name} of ${kind} "${declaration.name}", which is ${value} here`,
      );
    }
  }
  return found;
}
