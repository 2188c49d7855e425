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
import TYPES from "./skeletons/ouro.d.ts.txt" with { type: "text" };

export { TYPES };

/** The file that the types stand in, beside a plugin. */
export const TYPES_FILE = "ouro.d.ts";

/** Where the files have the types from here, and beside their user's. */
const HERE = '"../../../contract/author_types.ts"', THERE = `"./${TYPES_FILE}"`;

/** What a plugin begins with. */
interface Skeleton {
  readonly plugin: string;
  readonly tests: string;
}

const skeleton = (...texts: readonly string[]): Skeleton => {
  const [plugin, tests] = texts.map((text) => text.replaceAll(HERE, THERE));
  return { plugin, tests };
};

/** A plugin of each kind, and its tests. */
export const SKELETONS: Readonly<Record<PluginKind, Skeleton>> = {
  address: skeleton(address, addressTests),
  balancing: skeleton(balancing, balancingTests),
  congestion: skeleton(congestion, congestionTests),
  directory: skeleton(directory, directoryTests),
  forwarding: skeleton(forwarding, forwardingTests),
  hash: skeleton(hash, hashTests),
  ipcp: skeleton(ipcp, ipcpTests),
  routing: skeleton(routing, routingTests),
  scheduling: skeleton(scheduling, schedulingTests),
};
