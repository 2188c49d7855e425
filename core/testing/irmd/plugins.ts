/**
 * The plugins of the IRMd in tests: types without code, and policies that need little of it.
 *
 * @module
 */
import { PluginError } from "../../contract/errors.ts";
import { success } from "../../contract/outcome.ts";
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../contract/plugin.ts";
import type { IrmdPlugins } from "../../irmd/tables/machine.ts";

const ipcpType = (name: string, rest: Partial<PluginDeclaration>): PluginDeclaration => ({
  kind: "ipcp",
  name,
  apiVersion: PLUGIN_API_VERSION,
  description: name,
  options: [],
  ...rest,
});

const TYPES = [
  ipcpType("local", { rank: 0 }),
  ipcpType("unicast", {
    rank: 1,
    aliases: ["normal"],
    program: "ipcpd-normal",
    abilities: ["enrol", "connect"],
  }),
  ipcpType("broadcast", { rank: 2, abilities: ["enrol", "connect", "join"] }),
  ipcpType("raptor", { rank: 3 }),
];

/** FNV-1a, which is enough to tell names apart. */
function digest(bytes: Uint8Array): Uint8Array {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return Uint8Array.from([24, 16, 8, 0], (shift) => hash >>> shift);
}

/** The hash of a name in the layers of this world. */
export const hashOf = (name: string): string => digest(new TextEncoder().encode(name)).toHex();

/** Types and policies by these names. */
export const PLUGINS: IrmdPlugins = {
  list: () => TYPES.map((declaration) => ({ declaration, origin: "built in" })),
  hash: () => ({ digest: (bytes, done) => done(success(digest(bytes))) }),
  balancer: (name) => {
    if (name === "round-robin") return { choose: () => 0 };
    if (name === "spillover") return { choose: (waiting) => waiting.length - 1 };
    if (name === "broken") return { choose: () => 99 };
    throw new PluginError(`there is no plugin balancing "${name}"`);
  },
  ipcpType: (word) => {
    const found = TYPES.find(({ name, aliases }) => name === word || aliases?.includes(word));
    if (!found) throw new PluginError(`there is no plugin ipcp "${word}"; known: local, unicast`);
    return found;
  },
  checkOptions: (_declarations, given) => given,
};
