/**
 * The part for unicast layers in the configuration of a layer (`uni_config_msg`): between its codes and the names of
 * policies and options.
 *
 * @module
 */
import type { Address } from "../../contract/ids.ts";
import type { OptionValues } from "../../contract/options.ts";
import type { LayerExtension } from "./layer_extension.ts";
import { configurationFault as fault, type UnicastMessage } from "./layer_messages.ts";
import { type CodedKind, FOREIGN_CODE, policyName } from "./policy_codes.ts";

const BASE_OPTIONS = ["addr", "eid", "ttl", "addr_auth", "directory", "routing", "congestion"];
const LINK_STATE_OPTIONS = ["ls_t_recalc", "ls_t_update", "ls_t_timeo"];
const DHT_OPTIONS = ["dht_alpha", "dht_k", "dht_t_expire", "dht_t_refresh", "dht_t_replicate"];

/** Names of the options that the message carries. */
export function optionsIn({ dt, dir }: UnicastMessage): string[] {
  return [
    ...BASE_OPTIONS,
    ...(dt.routing.ls === undefined ? [] : LINK_STATE_OPTIONS),
    ...(dir.dht === undefined ? [] : DHT_OPTIONS),
  ];
}

/**
 * The message with these options.
 *
 * @param code gives the code of a policy, and takes note of those that have none
 * @throws ProtocolError when an option that the message needs is missing
 */
export function unicastOut(
  options: OptionValues,
  peer: Address | undefined,
  code: (kind: CodedKind, name: string) => number,
): UnicastMessage {
  const number = (name: string) => numberOf(options, name);
  const policy = (kind: CodedKind, name: string) => code(kind, wordOf(options, name));
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

/** The options in a message, and the address of the peer, 0 for none. @throws ProtocolError when policies are unknown */
export function unicastIn(
  { dt, dir, addr_auth_type, cong_avoid }: UnicastMessage,
  extension: LayerExtension,
) {
  const { pol, ls } = dt.routing;
  const foreign = extension.policies.has("routing");
  if (pol !== (foreign ? FOREIGN_CODE : 0)) throw fault(`there is no routing policy with code ${pol}`);
  const routing = foreign ? FOREIGN_CODE : needed(ls, "ls").pol;
  const directory = nameOf("directory", dir.pol, extension);
  const linkState = foreign ? {} : linkStateIn(needed(ls, "ls"));
  const dht = extension.policies.has("directory") ? undefined : needed(dir.dht, "dht");
  const options: OptionValues = {
    addr: dt.addr_size,
    eid: dt.eid_size,
    ttl: dt.max_ttl,
    addr_auth: nameOf("address", addr_auth_type, extension),
    directory,
    ...(dht === undefined ? {} : dhtIn(dht)),
    routing: nameOf("routing", routing, extension),
    ...linkState,
    congestion: nameOf("congestion", cong_avoid, extension),
  };
  return { options, peer: dht?.peer ?? extension.peer };
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

/** The policy of this kind: by its code, or by the extension where the code says so. */
export function nameOf(kind: CodedKind, code: number, extension: LayerExtension): string {
  const foreign = extension.policies.get(kind);
  if (foreign === undefined) return policyName(kind, code);
  if (code !== FOREIGN_CODE) throw fault(`it says twice which ${kind} policy the layer uses`);
  return foreign;
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
