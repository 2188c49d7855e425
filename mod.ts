/**
 * Ouroboros for applications, and the contract for plugins. An application allocates a flow to a name, or accepts flows to
 * the names that it is bound to, and exchanges packets.
 *
 * @example A server that says hello, and its client
 * ```ts
 * import { accept, allocate, QOS } from "./mod.ts";
 * import { TestingIrmd } from "./core/testing/irmd.ts";
 *
 * await using _irmd = await TestingIrmd.start({ shared: true }); // In place of a real IRMd.
 *
 * const server = (async () => {
 *   await using flow = await accept();
 *   await flow.write(new TextEncoder().encode(`hello from ${flow.name}`));
 * })();
 *
 * await using flow = await allocate("greeter", { qos: QOS.raw, timeout: 1000 });
 * console.assert(new TextDecoder().decode(await flow.read()) === "hello from greeter");
 * await server;
 * ```
 *
 * @module
 */
export { connect, type ConnectOptions, Ouroboros } from "./core/flow/client.ts";
export { accept, allocate, join } from "./core/flow/default_client.ts";
export type { ByteStreamPair } from "./core/flow/byte_streams.ts";
export { Flow } from "./core/flow/flow.ts";
export type { FlowAccess, SyncOptions } from "./core/flow/flow_calls.ts";
export type { ReadIntoOptions } from "./core/flow/flow_reads.ts";
export type { AcceptOptions, AllocateOptions, JoinOptions } from "./core/flow/irmd/request.ts";
export { type FlowEvent, type FlowEventType, FlowSet } from "./core/flow/flow_set.ts";
export type { WaitOptions } from "./core/flow/irmd/wait_queue.ts";

export * from "./core/contract/errors.ts";
export { isReliable, QOS, type QosCube, qosCube, type QosName, type QosSpec } from "./core/contract/qos.ts";

export { CIPHER_NAMES, DIGEST_NAMES, KEY_EXCHANGE_NAMES, REQUIREMENTS } from "./core/contract/security.ts";
export type {
  CipherName,
  DigestName,
  KeyExchangeName,
  KnownSecurity,
  PeerCertificate,
  Requirement,
  SecurityOptions,
} from "./core/contract/security.ts";

export { PLUGIN_API_VERSION } from "./core/contract/plugin.ts";
export { PLUGIN_KINDS } from "./core/contract/plugin_kind.ts";
export type * from "./core/contract/author_types.ts";
