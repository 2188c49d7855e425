/**
 * The messages in which the configuration of a layer travels (reference: `src/lib/pb/ipcp_config.proto` and
 * `model.proto`, 0.23.0), as tables. The parts for Ethernet and UDP never leave a host and are not here.
 *
 * `policy_ext_msg` and `option_ext_msg` are ours: see docs/wire-extensions.md.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { optional, type Proto2Message, proto2Table, repeated, required } from "../proto2.ts";

const LAYER_INFO = proto2Table("layer_info_msg", {
  name: required(1, "string"),
  dir_hash_algo: required(2, "uint32"),
});

const LINK_STATE = proto2Table("ls_config_msg", {
  pol: required(1, "uint32"),
  t_recalc: required(2, "uint32"),
  t_update: required(3, "uint32"),
  t_timeo: required(4, "uint32"),
});

const ROUTING = proto2Table("routing_config_msg", {
  pol: required(1, "uint32"),
  ls: optional(2, LINK_STATE),
});

const DATA_TRANSFER = proto2Table("dt_config_msg", {
  addr_size: required(1, "uint32"),
  eid_size: required(2, "uint32"),
  max_ttl: required(3, "uint32"),
  routing: required(4, ROUTING),
});

const DHT = proto2Table("dir_dht_config_msg", {
  alpha: required(1, "uint32"),
  k: required(2, "uint32"),
  t_expire: required(3, "uint32"),
  t_refresh: required(4, "uint32"),
  t_replicate: required(5, "uint32"),
  peer: required(6, "uint64"),
});

const DIRECTORY = proto2Table("dir_config_msg", { pol: required(1, "uint32"), dht: optional(2, DHT) });

const UNICAST = proto2Table("uni_config_msg", {
  dt: required(1, DATA_TRANSFER),
  dir: required(2, DIRECTORY),
  addr_auth_type: required(3, "uint32"),
  cong_avoid: required(4, "uint32"),
});

const OPTION = proto2Table("option_ext_msg", {
  name: required(1, "string"),
  text: optional(2, "string"),
  number: optional(3, "int64"),
  flag: optional(4, "bool"),
});

const POLICY = proto2Table("policy_ext_msg", {
  kind: required(1, "string"),
  name: required(2, "string"),
  version: required(3, "uint32"),
  options: repeated(4, OPTION),
  peer: optional(5, "uint64"),
});

/** Number of the field of `ipcp_config_msg` that carries what the reference does not know. */
export const EXTENSION_FIELD = 15001;

/** `ipcp_config_msg`. */
export const LAYER_CONFIG = proto2Table("ipcp_config_msg", {
  layer_info: required(1, LAYER_INFO),
  ipcp_type: required(2, "uint32"),
  unicast: optional(3, UNICAST),
  policies: repeated(EXTENSION_FIELD, POLICY),
});

/** A message of {@link LAYER_CONFIG}. */
export type LayerConfigMessage = Proto2Message<typeof LAYER_CONFIG.fields>;
/** Its part for unicast layers. */
export type UnicastMessage = NonNullable<LayerConfigMessage["unicast"]>;
/** One entry of its extension. */
export type PolicyExtension = LayerConfigMessage["policies"][number];

/** What is wrong with such a message. */
export function configurationFault(what: string): ProtocolError {
  return new ProtocolError(`ipcp_config_msg: ${what}`);
}
