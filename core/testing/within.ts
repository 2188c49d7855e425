/**
 * A limit for what would otherwise fail by never ending.
 *
 * @module
 */

/** Waits for a promise; fails when it takes longer than so many milliseconds. @param what what did not happen then */
export async function within<Result>(limit: number, what: string, promise: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`within ${limit} ms: ${what}`)), limit);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
