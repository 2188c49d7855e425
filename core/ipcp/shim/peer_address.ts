/**
 * Addresses of peers as bytes.
 *
 * @module
 */

/** A copy, of the same kind of address. */
export const copyOf = <Peer extends Uint8Array>(peer: Peer): Peer => peer.slice() as Peer;

/** Are they the same bytes? */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}
