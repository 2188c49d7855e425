/**
 * The routing policies on link-state knowledge.
 *
 * @module
 */
import type { Plugin, PluginDeclaration } from "../../core/contract/plugin.ts";
import { ECMP, LFA, LINK_STATE } from "./declarations.ts";
import { LinkState } from "./link_state.ts";
import { equalRoutes, loopFreeRoutes, primaryRoutes, type Routes } from "./paths/routes.ts";

const policy = (
  declaration: PluginDeclaration<"routing">,
  forwarding: string,
  routes: Routes,
): Plugin<"routing"> => ({
  ...declaration,
  create: (_host, context) => new LinkState(context, forwarding, routes),
});

/** One shortest path to each destination. */
export const linkState = policy(LINK_STATE, "simple", primaryRoutes);
/** A shortest path, and loop-free alternates. */
export const lfa = policy(LFA, "alternate", loopFreeRoutes);
/** All shortest paths. */
export const ecmp = policy(ECMP, "multipath", equalRoutes);
