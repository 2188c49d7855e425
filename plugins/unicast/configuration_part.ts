/**
 * The part for unicast layers in the configuration of a layer (reference: `uni_config_msg` of `src/lib/pb/ipcp_config.proto`,
 * 0.23.0): between its codes and the names of policies and options.
 *
 * @module
 */
import { ProtocolError } from "../../core/contract/errors.ts";
import { type Address, address } from "../../core/contract/ids.ts";
import type { ConfigurationPart, PolicyCodes } from "../../core/contract/membership.ts";
import type { OptionValues } from "../../core/contract/options.ts";
import type { PluginKind } from "../../core/contract/plugin_kind.ts";
import {
  decodeProto2,
  encodeProto2,
  optional,
  type Proto2Message,
  proto2Table,
  required,
} from "../../core/wire/proto2.ts";
import { UNICAST as TYPE } from "./declaration.ts";

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

type UnicastMessage = Proto2Message<typeof UNICAST.fields>;

/** What stands in the place of the code of a policy that has none. */
const FOREIGN_CODE = 255;

const BASE_OPTIONS = ["addr", "eid", "ttl", "addr_auth", "directory", "routing", "congestion"];
const LINK_STATE_OPTIONS = ["ls_t_recalc", "ls_t_update", "ls_t_timeo"];
const DHT_OPTIONS = ["dht_alpha", "dht_k", "dht_t_expire", "dht_t_refresh", "dht_t_replicate"];

/** How the configuration of a layer carries the options of unicast layers. */
export const UNICAST_PART: ConfigurationPart = {
  type: TYPE.name,
  encode({ options, peer }, codes) {
    const message = messageOf(options, peer, codes);
    return {
      bytes: encodeProto2(UNICAST, message),
      options: [
        ...BASE_OPTIONS,
        ...message.dt.routing.ls ? LINK_STATE_OPTIONS : [],
        ...message.dir.dht ? DHT_OPTIONS : [],
      ],
    };
  },
  decode(bytes, codes) {
    const { dt, dir, addr_auth_type, cong_avoid } = decodeProto2(UNICAST, bytes);
    const { pol, ls } = dt.routing;
    if (pol !== 0 && pol !== FOREIGN_CODE) throw fault(`there is no routing policy with code ${pol}`);
    const linkState = pol === 0 ? needed(ls, "ls") : undefined;
    const directory = codes.name("directory", dir.pol);
    const dht = dir.pol === FOREIGN_CODE ? undefined : needed(dir.dht, "dht");
    const options: OptionValues = {
      addr: dt.addr_size,
      eid: dt.eid_size,
      ttl: dt.max_ttl,
      addr_auth: codes.name("address", addr_auth_type),
      directory,
      ...dht && dhtIn(dht),
      routing: codes.name("routing", linkState?.pol ?? FOREIGN_CODE),
      ...linkState && linkStateIn(linkState),
      congestion: codes.name("congestion", cong_avoid),
    };
    return { options, peer: dht && peerIn(dht.peer) };
  },
};

function messageOf(options: OptionValues, peer: Address | undefined, codes: PolicyCodes): UnicastMessage {
  const number = (name: string) => numberOf(options, name);
  const policy = (kind: PluginKind, name: string) => codes.code(kind, wordOf(options, name));
  const routing = policy("routing", "routing");
  const directory = policy("directory", "directory");
  return {
    dt: {
      addr_size: number("addr"),
      eid_size: number("eid"),
      max_ttl: number("ttl"),
      routing: routing === FOREIGN_CODE ? { pol: FOREIGN_CODE } : {
        pol: 0,
        ls: {
          pol: routing,
          t_recalc: number("ls_t_recalc"),
          t_update: number("ls_t_update"),
          t_timeo: number("ls_t_timeo"),
        },
      },
    },
    dir: directory === FOREIGN_CODE ? { pol: FOREIGN_CODE } : {
      pol: directory,
      dht: {
        alpha: number("dht_alpha"),
        k: number("dht_k"),
        t_expire: number("dht_t_expire"),
        t_refresh: number("dht_t_refresh"),
        t_replicate: number("dht_t_replicate"),
        peer: BigInt(peer ?? 0),
      },
    },
    addr_auth_type: policy("address", "addr_auth"),
    cong_avoid: policy("congestion", "congestion"),
  };
}

function linkStateIn(
  { t_recalc, t_update, t_timeo }: NonNullable<UnicastMessage["dt"]["routing"]["ls"]>,
): OptionValues {
  return { ls_t_recalc: t_recalc, ls_t_update: t_update, ls_t_timeo: t_timeo };
}

function dhtIn(
  { alpha, k, t_expire, t_refresh, t_replicate }: NonNullable<UnicastMessage["dir"]["dht"]>,
): OptionValues {
  return {
    dht_alpha: alpha,
    dht_k: k,
    dht_t_expire: t_expire,
    dht_t_refresh: t_refresh,
    dht_t_replicate: t_replicate,
  };
}

function peerIn(peer: bigint): Address | undefined {
  if (peer > 0xffffffffn) throw fault(`the peer ${peer} is not an address of 32 bits`);
  return peer === 0n ? undefined : address(Number(peer));
}

function numberOf(options: OptionValues, name: string): number {
  const value = options[name];
  if (typeof value !== "number") throw fault(`option ${name} must be a number, not ${value}`);
  return value;
}

function wordOf(options: OptionValues, name: string): string {
  const value = options[name];
  if (typeof value !== "string") throw fault(`option ${name} must be a word, not ${value}`);
  return value;
}

function needed<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw fault(`unicast: ${name} is missing`);
  return part;
}

const fault = (what: string): ProtocolError => new ProtocolError(`ipcp_config_msg: ${what}`);
