/**
 * Doubles for tests of programs and plugins: what needs no daemon, no network and no waiting.
 *
 * A program that uses flows runs against a {@link TestingIrmd}, or gets the two ends of a flow from {@link TestingFlows}. An IPCP
 * type gets N-1 flows from a {@link TestingNetwork}; {@link testingLog} keeps what is logged.
 *
 * @example
 * ```ts
 * import { accept, allocate } from "../../mod.ts";
 * import { TestingIrmd } from "./mod.ts";
 * await using _irmd = await TestingIrmd.start({ shared: true });
 * const [near, far] = await Promise.all([allocate("svc"), accept()]);
 * await near.write(Uint8Array.of(7));
 * console.assert((await far.read())[0] === 7);
 * await Promise.all([near.deallocate(), far.deallocate()]);
 * ```
 *
 * @module
 */
export type { CipherCounts, PacketCipher } from "../contract/cipher.ts";
export { TestingFlows, type TestingFlowsOptions } from "./flow_ends.ts";
export { TestingIrmd, type TestingIrmdOptions } from "./irmd.ts";
export { testingLog } from "./log.ts";
export { TestingFlow, TestingHost, TestingNetwork } from "./lower.ts";
