/**
 * Sequence numbers of link-state updates. The format has no withdrawal, so others would use a dead link until it ages out, a
 * minute later. Members of this implementation number their announcements from 2⁵² on, where nobody comes by counting or by
 * a clock of microseconds, and there an odd number says that the adjacency is gone. A peer of release 0.23.0 takes that for one
 * refresh more, forwards it, and lets the entry age out.
 *
 * @module
 */

/** From here on, odd numbers withdraw. */
const MARKED = 2 ** 52;
/** A number up to this one can be continued from for ages; a greater one is forged. */
const GREATEST = 2 ** 53 - 2 ** 32;

/** Returns whether an update with this number withdraws the adjacency. */
export const withdraws = (sequence: number): boolean => sequence >= MARKED && (sequence & 1) === 1;

/** Returns whether this member can continue above a number that others announced under its address. */
export const canContinue = (sequence: number): boolean => sequence <= GREATEST;

/**
 * Makes the number of a new adjacency.
 *
 * @param greatest the greatest number used in this life
 * @param wall milliseconds since 1970: an earlier life has announced less often than each other millisecond
 */
export const first = (greatest: number, wall: number): number =>
  announcing(Math.max(greatest, MARKED + wall));

/** Returns the next number above another that announces. */
export const announcing = (above: number): number => (Math.floor(above / 2) + 1) * 2;

/** Returns the next number above another that withdraws. */
export const withdrawing = (above: number): number => Math.max(MARKED, Math.floor((above + 1) / 2) * 2) + 1;
