/**
 * Reads what `oping` prints.
 *
 * @module
 */

/** Returns the round-trip times of the answered packets, in microseconds, in the order of the lines. */
export const pingTimes = (stdout: string): number[] =>
  [...stdout.matchAll(/time=([\d.]+) (ms|µs)/g)].map(([, time, unit]) =>
    Number(time) * (unit === "ms" ? 1000 : 1)
  );
