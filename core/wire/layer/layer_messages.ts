/**
 * The messages in which the configuration of a layer travels (reference: `src/lib/pb/ipcp_config.proto` and
 * `model.proto`, 0.23.0), as tables. The part for unicast layers stands with that type; those for Ethernet and UDP never leave
 * a host.
 *
 * `policy_ext_msg`, `option_ext_msg` and `plugin_ext_msg` are ours: see docs/wire-extensions.md.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { optional, type Proto2Message, proto2Table, repeated, required } from "../proto2.ts";

const LAYER_INFO = proto2Table("layer_info_msg", {
  name: required(1, "string"),
  dir_hash_algo: required(2, "uint32"),
});

const OPTION = proto2Table("option_ext_msg", {
  name: required(1, "string"),
  text: optional(2, "string"),
  number: optional(3, "int64"),
  flag: optional(4, "bool"),
});

const PLUGIN = proto2Table("plugin_ext_msg", {
  kind: required(1, "string"),
  name: required(2, "string"),
  version: required(3, "string"),
});

const POLICY = proto2Table("policy_ext_msg", {
  kind: required(1, "string"),
  name: required(2, "string"),
  version: required(3, "uint32"),
  options: repeated(4, OPTION),
  peer: optional(5, "uint64"),
  plugins: repeated(6, PLUGIN),
});

/** Number of the field of `ipcp_config_msg` that carries what the reference does not know. */
export const EXTENSION_FIELD = 15001;

/** `ipcp_config_msg`. */
export const LAYER_CONFIG = proto2Table("ipcp_config_msg", {
  layer_info: required(1, LAYER_INFO),
  ipcp_type: required(2, "uint32"),
  unicast: optional(3, "bytes"),
  policies: repeated(EXTENSION_FIELD, POLICY),
});

type LayerConfigMessage = Proto2Message<typeof LAYER_CONFIG.fields>;
/** One entry of its extension. */
export type PolicyExtension = LayerConfigMessage["policies"][number];

/** Returns what is wrong with such a message. */
export function configurationFault(what: string): ProtocolError {
  return new ProtocolError(`ipcp_config_msg: ${what}`);
}
