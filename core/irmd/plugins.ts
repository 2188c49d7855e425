/**
 * The plugin registry as the IRMd's logic uses it.
 *
 * @module
 */
import { asOuroError, PluginError } from "../contract/errors.ts";
import type { PluginDeclaration } from "../contract/plugin.ts";
import type { HashFunction } from "../contract/policies/small_policies.ts";
import { checkOptions } from "../registry/check_options.ts";
import { pluginLabel } from "../registry/check_plugin.ts";
import type { Registry } from "../registry/registry.ts";
import type { IrmdPlugins } from "./tables/machine.ts";

/** Makes the view; loads the code of all hash functions and balancing policies, which the IRMd needs at once. */
export async function irmdPlugins(registry: Registry): Promise<IrmdPlugins> {
  for (const kind of ["hash", "balancing"] as const) await registry.loadAll(kind);
  const hashes = new Map<string, HashFunction>();
  return {
    list: () => registry.declarations(),
    hash: (name) => {
      const known = hashes.get(name) ?? checkedHash(registry, name);
      hashes.set(name, known);
      return known;
    },
    balancer: (name) => registry.make("balancing", name, {}),
    ipcpType: (word): PluginDeclaration => registry.find("ipcp", word).declaration,
    checkOptions: (declarations, given) => checkOptions(declarations, given, registry.policies),
  };
}

/** Returns a hash function whose digests are checked: layers and the IRMd tell names apart by nothing else. */
function checkedHash(registry: Registry, name: string): HashFunction {
  const { declaration, origin } = registry.find("hash", name);
  const label = pluginLabel(declaration, origin);
  const made = registry.make("hash", name, {});
  const digest = (bytes: Uint8Array): Uint8Array => {
    try {
      return made.digest(bytes);
    } catch (cause) {
      throw new PluginError(`${label}: its digest failed: ${asOuroError(cause).message}`, { cause });
    }
  };
  return {
    length: made.length,
    digest: (bytes) => {
      const found: unknown = digest(bytes);
      if (found instanceof Uint8Array && found.length === made.length) return found;
      throw new PluginError(`${label}: its digest must be a Uint8Array of ${made.length} bytes`);
    },
  };
}
