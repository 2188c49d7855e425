/**
 * `irm ipcp bootstrap`: its general words. The options of types and policies are declared by plugins.
 *
 * @module
 */
import type { Command } from "../grammar/command.ts";
import { TYPE } from "./shared.ts";

/** `irm ipcp bootstrap`. */
export const BOOTSTRAP: Command = {
  word: "bootstrap",
  path: "irm ipcp bootstrap",
  method: "ipcp.bootstrap",
  help: "make an IPCP the first member of a new layer",
  about:
    "Starts a layer with the IPCP as its first member. An IPCP that does not exist yet is created; this needs its " +
    "type. Which options there are depends on the type and on the policies chosen.",
  examples: [
    "irm ipcp bootstrap type local name local_1 layer local_layer",
    "irm i b t local n local_1 l local_layer hash SHA3_224",
  ],
  keywords: [
    {
      ...TYPE,
      position: 10,
      help: "type of the IPCP; not needed when it exists",
    },
    {
      name: "layer",
      position: 20,
      field: "layer",
      value: "layer",
      required: true,
      help: "name of the layer",
    },
    { name: "name", position: 30, field: "name", value: "ipcp", required: true, help: "name of the IPCP" },
    {
      name: "autobind",
      position: 140,
      field: "autobind",
      help: "bind the IPCP to its own name and to the name of the layer",
    },
  ],
  takesOptions: true,
  defaults: { autobind: false, options: {} },
};
