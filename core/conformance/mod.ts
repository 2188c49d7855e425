/**
 * The conformance suites: each registers tests that prove a plugin of its kind.
 *
 * `conform…` registers the tests of a suite; `…Checks` gives them as a list, for other test runners.
 *
 * @module
 */
export { addressChecks, conformAddress } from "./address.ts";
export { balancingChecks, conformBalancing } from "./balancing.ts";
export { conformCongestion, congestionChecks } from "./congestion.ts";
export { conformForwarding, forwardingChecks } from "./forwarding.ts";
export { conformDirectory, directoryChecks } from "./directory/directory.ts";
export { conformHash, hashChecks } from "./hash.ts";
export { conformIpcp, ipcpChecks } from "./ipcp/ipcp.ts";
export { conformRouting, routingChecks, type RoutingNeeds } from "./routing/routing.ts";
export { conformScheduling, schedulingChecks } from "./scheduling.ts";
export type { MemberNeeds } from "./ipcp/simulated_member.ts";
export type { Check, Needs } from "./suite.ts";
