/**
 * Patience with names that are not found at once: hosts ask each other, and one that is busy answers too late.
 *
 * @module
 */

/** Milliseconds after which a name is not there; generous, because machines are busy. */
const PATIENCE = 30_000;

/** Runs something again while the name that it asks for is not found. */
export async function whileUnknown<Result>(run: () => Promise<Result>): Promise<Result> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    try {
      return await run();
    } catch (thrown) {
      const unknown = thrown instanceof Error && thrown.message.includes("no layer knows the name");
      if (!unknown || Date.now() > end) throw thrown;
    }
  }
}
