/**
 * The plugin registry as the IRMd's logic uses it.
 *
 * @module
 */
import { asOuroError } from "../contract/errors.ts";
import { failure, success } from "../contract/outcome.ts";
import type { PluginDeclaration } from "../contract/plugin.ts";
import { checkOptions } from "../registry/check_options.ts";
import type { GuardedPlugin } from "../registry/guard/plugin_guard.ts";
import { BUILT_IN, type ListedPlugin, type Registry } from "../registry/registry.ts";
import type { AskedBalancer, AskedHash, IrmdPlugins } from "./tables/machine.ts";

/** Third parties' plugins, which run elsewhere. */
export interface Elsewhere {
  hash(plugin: GuardedPlugin): AskedHash;
  balancer(plugin: GuardedPlugin): AskedBalancer;
}

/** Makes the view; loads the code of built-in hash functions and balancing policies, which the IRMd needs at once. */
export async function irmdPlugins(registry: Registry, elsewhere?: Elsewhere): Promise<IrmdPlugins> {
  // Also those that nobody may pick, such as the hash of layers over UDP.
  for (const kind of ["hash", "balancing"] as const) {
    await registry.loadAll(kind, (origin) => origin === BUILT_IN);
  }
  /** Undefined: it is built in, or there is no elsewhere. */
  const guarded = ({ declaration, origin }: ListedPlugin) =>
    elsewhere && origin !== BUILT_IN ? registry.guard.plugin(declaration, origin) : undefined;
  return {
    list: () => registry.declarations(),
    hash: (name) => {
      const plugin = guarded(registry.find("hash", name));
      if (elsewhere && plugin) return elsewhere.hash(plugin);
      const hash = registry.make("hash", name, {});
      return {
        digest: (bytes, done) => {
          let digest: Uint8Array;
          try {
            digest = hash.digest(bytes);
          } catch (thrown) {
            return done(failure(asOuroError(thrown)));
          }
          done(success(digest));
        },
      };
    },
    balancer: (name) => {
      const plugin = guarded(registry.find("balancing", name));
      return elsewhere && plugin ? elsewhere.balancer(plugin) : registry.make("balancing", name, {});
    },
    ipcpType: (word): PluginDeclaration => registry.find("ipcp", word).declaration,
    checkOptions: (declarations, given) => checkOptions(declarations, given, registry.policies),
  };
}
