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
/** Milliseconds that the clocks of two members may be apart: those that show local time in place of UTC are less. */
const FAR_AHEAD = 24 * 3600 * 1000;
/** A clock that shows less, in milliseconds since 1970, was never set: by it nothing can be judged. */
const PLAUSIBLE = 1.6e12;

/** Returns whether the number is one of this implementation. */
export const isMarked = (sequence: number): boolean => sequence >= MARKED;

/** Returns whether an update with this number withdraws the adjacency. */
export const withdraws = (sequence: number): boolean => isMarked(sequence) && (sequence & 1) === 1;

/**
 * Returns whether no member can have come to this number yet. Who believed it would not believe the member that it is about any more.
 *
 * @param wall the own clock, in milliseconds since 1970
 */
export const isForged = (sequence: number, wall: number): boolean =>
  sequence > GREATEST || (wall >= PLAUSIBLE && sequence > MARKED + wall + FAR_AHEAD);

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
