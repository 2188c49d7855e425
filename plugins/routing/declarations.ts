/**
 * Declarations of the link-state routing policies. They differ in what they make of the same knowledge; their options are
 * the same, and the reference's.
 *
 * @module
 */
import type { OptionsOf } from "../../core/contract/options.ts";
import { declarePlugin } from "../../core/contract/plugin.ts";

const seconds = <const N extends string>(name: N, initial: number, position: number, help: string) => ({
  name,
  type: "integer",
  min: 1,
  max: 86400,
  default: initial,
  position,
  help,
  unit: "s",
} as const);

const OPTIONS = [
  seconds("ls_t_timeo", 60, 190, "link state: life of a link that is not heard of"),
  seconds("ls_t_update", 15, 191, "link state: interval between updates"),
  seconds("ls_t_recalc", 4, 192, "link state: interval between computations"),
] as const;

const linkState = (
  name: string,
  code: number,
  description: string,
  aliases: readonly string[] = [],
) =>
  declarePlugin({
    kind: "routing",
    name,
    aliases,
    description,
    options: OPTIONS,
    code,
    position: 10 * (code + 1),
    rank: 10 * (code + 1),
  });

/** The options of link state. */
export type LinkStateOptions = OptionsOf<typeof OPTIONS>;

/** One shortest path to each destination. */
export const LINK_STATE = linkState("link_state", 0, "shortest paths", ["link-state"]);
/** A shortest path, and loop-free alternates for when it fails. */
export const LFA = linkState("lfa", 1, "shortest paths with loop-free alternates (RFC 5286)");
/** All shortest paths. */
export const ECMP = linkState("ecmp", 2, "all shortest paths of equal length");
