/**
 * How IPCPs become members of layers and are connected: `irm ipcp bootstrap`, `enroll`, `connect` and `disconnect`. The
 * options of types and policies are declared by plugins.
 *
 * @module
 */
import type { Command, Keyword } from "../grammar/command.ts";
import { IPCP_NAME, TYPE } from "./shared.ts";

const DESTINATION: Keyword = {
  name: "dst",
  field: "destination",
  value: "destination",
  required: true,
  help: "name of the other IPCP",
};

const COMPONENT: Keyword = {
  name: "component",
  field: "component",
  value: "component",
  default: "*",
  help: "mgmt (management), dt (data transfer) or a pattern such as *",
};

const LAYER: Keyword = { name: "layer", field: "layer", value: "layer", help: "name of the layer" };

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
    { ...TYPE, position: 10, help: "type of the IPCP; not needed when it exists" },
    { ...LAYER, position: 20, required: true },
    { ...IPCP_NAME, position: 30 },
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

/** `irm ipcp enroll`. */
export const ENROLL: Command = {
  word: "enroll",
  path: "irm ipcp enroll",
  method: "ipcp.enrol",
  help: "make an IPCP a member of a layer that exists",
  about:
    "Brings the IPCP into a layer by asking a member of it. An IPCP that does not exist yet is created. Give the " +
    "name of the member, or of the layer, or both: without dst, the name of the layer is the destination.",
  examples: [
    "irm ipcp enroll name normal_2 layer normal_layer autobind",
    "irm ipcp enroll name normal_2 type unicast dst normal_1",
  ],
  keywords: [
    { ...IPCP_NAME, help: "name of the IPCP; it is created when it does not exist" },
    { ...TYPE, ability: "enrol", default: "unicast", help: "type of the IPCP" },
    LAYER,
    { ...DESTINATION, required: false, default: "the layer", help: "name to ask for membership" },
    {
      name: "autobind",
      field: "autobind",
      help: "bind the IPCP to its own name before, and to the name of the layer after",
    },
  ],
  oneOf: ["layer", "destination"],
  defaults: { autobind: false },
  failure: "Failed to enroll IPCP.",
};

/** `irm ipcp connect`. */
export const CONNECT: Command = {
  word: "connect",
  path: "irm ipcp connect",
  method: "ipcp.connect",
  help: "connect components of two IPCPs of a layer",
  about:
    "Connects a component of the IPCP to the same component of another member of its layer, over a flow in a layer " +
    "below. Management connections carry routing, data transfer connections carry packets.",
  examples: [
    "irm ipcp connect name normal_2 dst normal_1",
    "irm ipcp connect name normal_2 dst normal_1 comp dt",
  ],
  keywords: [
    IPCP_NAME,
    DESTINATION,
    COMPONENT,
    {
      name: "qos",
      field: "qos",
      value: "qos",
      default: "raw",
      help: "quality of the data transfer flow: raw, best, video, voice, data",
    },
  ],
  defaults: { component: "*" },
};

/** `irm ipcp disconnect`. */
export const DISCONNECT: Command = {
  word: "disconnect",
  path: "irm ipcp disconnect",
  method: "ipcp.disconnect",
  help: "end such connections",
  about: "Ends connections that irm ipcp connect made.",
  examples: ["irm ipcp disconnect name normal_2 dst normal_1 comp dt"],
  keywords: [IPCP_NAME, DESTINATION, COMPONENT],
  defaults: { component: "*" },
};
