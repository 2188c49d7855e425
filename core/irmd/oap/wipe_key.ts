/**
 * The end of a flow's key in this process.
 *
 * @module
 */
import type { FlowSecurity } from "../../contract/security.ts";

/** Overwrites the key: it has been passed on, or nobody wants it. */
export function wipeKey({ encryption }: FlowSecurity): void {
  encryption?.key.fill(0);
}
