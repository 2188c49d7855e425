/**
 * Declarations of the IPCP types that come with later versions, so that grammar, help and completion are whole. Ranges and
 * defaults are the reference's.
 *
 * @module
 */
import { HASH_OPTION, type OptionDeclaration } from "../core/contract/options.ts";
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../core/contract/plugin.ts";

function planned(
  name: string,
  description: string,
  [position, rank]: readonly [number, number],
  options: readonly OptionDeclaration[],
  more: Pick<PluginDeclaration<"ipcp">, "abilities" | "code"> = {},
): PluginDeclaration<"ipcp"> {
  return {
    kind: "ipcp",
    name,
    apiVersion: PLUGIN_API_VERSION,
    description,
    options,
    abilities: [],
    ...more,
    position,
    rank,
    planned: "comes with a later version",
  };
}

/** The planned types, each with its place in matching and its rank in lists. */
export const PLANNED: readonly PluginDeclaration<"ipcp">[] = [
  planned("raptor", "a layer on a raptor network card", [80, 30], [HASH_OPTION]),
];
