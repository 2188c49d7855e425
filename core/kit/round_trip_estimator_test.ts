/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RoundTripEstimator } from "./round_trip_estimator.ts";

Deno.test("property: the estimate lies between the shortest and the longest round trip", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1 }), (times) => {
    const trips = new RoundTripEstimator();
    assert.equal(trips.smoothed, 0);
    for (const time of times) trips.sample(time);
    assert(trips.smoothed >= Math.min(...times) - 1e-6 && trips.smoothed <= Math.max(...times) + 1e-6);
    assert(trips.variation >= 0 && trips.variation <= Math.max(...times));
  }));
});

Deno.test("the estimate comes to steady round trips, and its variation goes to nothing", () => {
  const trips = new RoundTripEstimator();
  for (const time of [0, 500]) trips.sample(time);
  for (let count = 0; count < 100; count++) trips.sample(40);
  assert(Math.abs(trips.smoothed - 40) < 0.1 && trips.variation < 0.1);
});
