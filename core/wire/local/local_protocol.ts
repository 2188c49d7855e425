/**
 * What both ends of a control connection must agree on.
 *
 * @module
 */

/** Version of the local protocol (docs/local-protocol.md §2.1). */
export const PROTOCOL_VERSION = 1;
