/** @module */
import assert from "node:assert/strict";
import { greedyFlows } from "./congestion.ts";

const shown = (rates: readonly number[]) => rates.map((rate) => `${(rate / 1e6).toFixed(1)} Mb/s`).join(", ");

for (const rate of [100e6, 1e9]) {
  const link = `${rate / 1e6} Mb/s`;
  for (const delay of [0.1, 1, 5]) {
    Deno.test(`a greedy mb-ecn flow uses nine tenths of a link of ${link} and ${delay} ms, and loses nothing`, async () => {
      const { rates, lost, queue } = await greedyFlows({
        rate,
        delay,
        flows: 1,
        congestion: "mb-ecn",
        warmUp: 3000,
        duration: 4000,
      });
      assert(rates[0] >= 0.9 * rate, shown(rates));
      assert.equal(lost, 0);
      assert(queue.mean < 300, `${queue.mean} packets wait on average`);
    });
  }

  Deno.test(`three greedy mb-ecn flows share a link of ${link}`, async () => {
    const { rates, lost } = await greedyFlows({
      rate,
      delay: 1,
      flows: 3,
      congestion: "mb-ecn",
      warmUp: 5000,
      duration: 4000,
    });
    assert(rates.reduce((sum, one) => sum + one, 0) >= 0.9 * rate, shown(rates));
    assert(Math.min(...rates) >= 0.15 * rate, shown(rates));
    assert.equal(lost, 0);
  });
}
