/**
 * What the configuration of a layer means for a unicast IPCP. It may come from another host, so it is checked here; the
 * options of policies are checked when these are made.
 *
 * @module
 */
import { InvalidError } from "../../core/contract/errors.ts";
import type { OptionValues } from "../../core/contract/options.ts";
import type { LayerConfiguration } from "../../core/contract/membership.ts";
import { UNICAST } from "./declaration.ts";

/** Bytes of an endpoint id: the only size that there is. */
export const EID_BYTES = 8;

/** The settings of a layer, without the options of its policies. */
export interface Settings {
  /** Bytes of an endpoint id that the layer was made with. */
  readonly eid: number;
  /** Hops that a packet may take. */
  readonly ttl: number;
  /** Name of the address policy. */
  readonly addr_auth: string;
  /** Name of the directory policy. */
  readonly directory: string;
  /** Name of the routing policy. */
  readonly routing: string;
  /** Name of the congestion policy. */
  readonly congestion: string;
  /** Name of the forwarding policy; undefined: the one that goes with routing. */
  readonly pff: string | undefined;
  /** Name of the scheduling policy. */
  readonly scheduling: string;
}

/**
 * Reads the settings.
 *
 * @throws InvalidError that names the option
 */
export function settingsOf({ options }: LayerConfiguration): Settings {
  whole(options, "addr");
  return {
    eid: whole(options, "eid"),
    ttl: whole(options, "ttl"),
    addr_auth: word(options, "addr_auth"),
    directory: word(options, "directory"),
    routing: word(options, "routing"),
    congestion: word(options, "congestion"),
    pff: options.pff === undefined ? undefined : word(options, "pff"),
    scheduling: word(options, "scheduling"),
  };
}

function whole(options: OptionValues, name: string): number {
  const value = options[name];
  const declared = UNICAST.options.find((option) => option.name === name);
  if (declared?.type !== "integer") throw new InvalidError(`there is no option ${name}`);
  const { min, max } = declared;
  if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new InvalidError(`the layer has ${name} ${value}; it must be a whole number of ${min} to ${max}`);
}

function word(options: OptionValues, name: string): string {
  const value = options[name];
  if (typeof value === "string" && value !== "") return value;
  throw new InvalidError(`the layer has ${name} ${value}; it must be the name of a policy`);
}
