/**
 * What both ends of a control connection must agree on.
 *
 * @module
 */

/** Version of the local protocol (docs/local-protocol.md §2.1). */
export const PROTOCOL_VERSION = 1;

/** What a process at the other end of a control connection may be. */
export const ROLES = ["application", "tool", "ipcp"] as const;

/** What a process is to the IRMd. */
export type SessionRole = typeof ROLES[number];

/** Returns the parameters of the first request of every control connection. */
export const hello = (program: string, role: SessionRole) => ({ protocol: PROTOCOL_VERSION, program, role });
