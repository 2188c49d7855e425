/**
 * Time as the allocation protocol writes it: nanoseconds since 1970.
 *
 * @module
 */
import type { Clock } from "../../contract/ports.ts";

const NANOSECONDS = 1_000_000;

/** What the clock shows, in nanoseconds since 1970, exact to the millisecond. */
export const timestampOf = (clock: Clock): bigint => BigInt(Math.floor(clock.wall())) * BigInt(NANOSECONDS);

/** A timestamp in milliseconds since 1970, with fractions. */
export const millisecondsOf = (timestamp: bigint): number => Number(timestamp) / NANOSECONDS;
