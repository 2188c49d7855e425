/**
 * Declaration of the local IPCP type.
 *
 * @module
 */
import { PLUGIN_API_VERSION, type PluginDeclaration } from "../../core/contract/plugin.ts";

/** Flows between processes of one host. */
export const LOCAL: PluginDeclaration<"ipcp"> = {
  kind: "ipcp",
  name: "local",
  apiVersion: PLUGIN_API_VERSION,
  description: "flows between processes of this host",
  options: [{
    name: "hash",
    type: "policy",
    kind: "hash",
    default: "SHA3_256",
    position: 40,
    help: "hash function for names in the layer",
  }],
  networks: false,
  position: 70,
  rank: 0,
};
