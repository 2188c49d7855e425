/**
 * The plugin registry as the IRMd's logic uses it.
 *
 * @module
 */
import type { PluginDeclaration } from "../contract/plugin.ts";
import type { HashFunction } from "../contract/policies.ts";
import { checkOptions } from "../registry/check_options.ts";
import type { Registry } from "../registry/registry.ts";
import type { IrmdPlugins } from "./host.ts";

/** Makes the view; loads the code of all hash functions and balancing policies, which the IRMd needs at once. */
export async function irmdPlugins(registry: Registry): Promise<IrmdPlugins> {
  for (const kind of ["hash", "balancing"] as const) {
    for (const { declaration } of registry.declarations(kind)) await registry.load(kind, declaration.name);
  }
  const hashes = new Map<string, HashFunction>();
  return {
    list: () => registry.declarations(),
    hash: (name) => {
      const known = hashes.get(name) ?? registry.make("hash", name, {});
      hashes.set(name, known);
      return known;
    },
    balancer: (name) => registry.make("balancing", name, {}),
    ipcpType: (word): PluginDeclaration => registry.find("ipcp", word).declaration,
    checkOptions: (declarations, given) => checkOptions(declarations, given, registry.policies),
  };
}
