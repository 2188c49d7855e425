/**
 * What new plugins begin with: files that work, as texts. docs/plugins/ explains them.
 *
 * @module
 */
import type { PluginKind } from "../../contract/plugin_kind.ts";
import address from "./skeletons/address.ts" with { type: "text" };
import addressTests from "./skeletons/address_test.ts" with { type: "text" };
import balancing from "./skeletons/balancing.ts" with { type: "text" };
import balancingTests from "./skeletons/balancing_test.ts" with { type: "text" };
import congestion from "./skeletons/congestion.ts" with { type: "text" };
import congestionTests from "./skeletons/congestion_test.ts" with { type: "text" };
import directory from "./skeletons/directory.ts" with { type: "text" };
import directoryTests from "./skeletons/directory_test.ts" with { type: "text" };
import forwarding from "./skeletons/forwarding.ts" with { type: "text" };
import forwardingTests from "./skeletons/forwarding_test.ts" with { type: "text" };
import hash from "./skeletons/hash.ts" with { type: "text" };
import hashTests from "./skeletons/hash_test.ts" with { type: "text" };
import ipcp from "./skeletons/ipcp.ts" with { type: "text" };
import ipcpTests from "./skeletons/ipcp_test.ts" with { type: "text" };
import routing from "./skeletons/routing.ts" with { type: "text" };
import routingTests from "./skeletons/routing_test.ts" with { type: "text" };
import scheduling from "./skeletons/scheduling.ts" with { type: "text" };
import schedulingTests from "./skeletons/scheduling_test.ts" with { type: "text" };
import TYPES from "./skeletons/ouro.d.ts" with { type: "text" };

export { TYPES };

/** The file that the types stand in, beside a plugin. */
export const TYPES_FILE = "ouro.d.ts";

/** A plugin of each kind, and its tests. */
export const SKELETONS: {
  readonly [K in PluginKind]: { readonly plugin: string; readonly tests: string };
} = {
  address: { plugin: address, tests: addressTests },
  balancing: { plugin: balancing, tests: balancingTests },
  congestion: { plugin: congestion, tests: congestionTests },
  directory: { plugin: directory, tests: directoryTests },
  forwarding: { plugin: forwarding, tests: forwardingTests },
  hash: { plugin: hash, tests: hashTests },
  ipcp: { plugin: ipcp, tests: ipcpTests },
  routing: { plugin: routing, tests: routingTests },
  scheduling: { plugin: scheduling, tests: schedulingTests },
};
