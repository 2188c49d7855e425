/**
 * The conformance suites: each registers tests that prove a plugin of its kind.
 *
 * @module
 */
export { balancingChecks, conformBalancing } from "./balancing.ts";
export { conformHash, hashChecks } from "./hash.ts";
export { conformIpcp, ipcpChecks, type IpcpNeeds } from "./ipcp.ts";
export type { Check } from "./suite.ts";
