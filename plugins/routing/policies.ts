/**
 * The routing policies on link-state knowledge.
 *
 * @module
 */
import { definePlugin } from "../../core/contract/plugin.ts";
import { ECMP, LFA, LINK_STATE } from "./declarations.ts";
import { LinkState } from "./link_state.ts";
import { EQUAL, LOOP_FREE, PRIMARY } from "./paths/routes.ts";

/** One shortest path to each destination. */
export const linkState = definePlugin(
  LINK_STATE,
  (_host, context) => new LinkState(context, "simple", PRIMARY),
);
/** A shortest path, and loop-free alternates. */
export const lfa = definePlugin(LFA, (_host, context) => new LinkState(context, "alternate", LOOP_FREE));
/** All shortest paths. */
export const ecmp = definePlugin(ECMP, (_host, context) => new LinkState(context, "multipath", EQUAL));
