/**
 * Declarations of the ways to pick the next hop of a packet.
 *
 * @module
 */
import { declarePlugin } from "../../core/contract/plugin.ts";

const forwarding = (
  name: string,
  position: number,
  description: string,
) =>
  declarePlugin({
    kind: "forwarding",
    name,
    description,
    options: [],
    position,
    rank: position,
  });

/** The best path only. */
export const SIMPLE = forwarding("simple", 10, "the best path");
/** The best path that is not down. */
export const ALTERNATE = forwarding("alternate", 20, "the best path that is up, without waiting for routing");
/** All paths, one for each flow. */
export const MULTIPATH = forwarding("multipath", 30, "all paths, each flow on one of them");
