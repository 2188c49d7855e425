/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenBucket } from "./token_bucket.ts";

Deno.test("property: in no span of time more is taken than the burst and what flows in", () => {
  const takes = fc.array(fc.record({ wait: fc.nat(500), tokens: fc.integer({ min: 1, max: 5 }) }), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 20 }),
      takes,
      (rate, burst, plan) => {
        const bucket = new TokenBucket({ rate, burst });
        const taken: { now: number; tokens: number }[] = [];
        let now = 0;
        for (const { wait, tokens } of plan) {
          now += wait;
          if (bucket.take(now, tokens)) taken.push({ now, tokens });
          let sum = 0;
          for (const earlier of taken.toReversed()) {
            sum += earlier.tokens;
            assert(sum <= burst + (now - earlier.now) * rate / 1000 + 1e-6);
          }
        }
      },
    ),
  );
});

Deno.test("a bucket that is refused tokens keeps those that it has", () => {
  const bucket = new TokenBucket({ rate: 1, burst: 3 });
  assert.deepEqual([bucket.take(0, 4), bucket.take(0, 3), bucket.take(999), bucket.take(1000)], [
    false,
    true,
    false,
    true,
  ]);
});

Deno.test("who spends more than a bucket has waits until the debt is paid, and others behind him longer", () => {
  const bucket = new TokenBucket({ rate: 10, burst: 2 });
  const waits = [bucket.spend(0, 2), bucket.spend(0, 1), bucket.spend(0, 1), bucket.spend(250, 0)];
  assert.deepEqual(waits, [0, 100, 200, 0]);
});
