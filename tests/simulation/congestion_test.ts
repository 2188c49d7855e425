/**
 * Greedy flows on one line in virtual time, and what docs/policies.md says of them: `deno task policies --write` writes it anew.
 *
 * @module
 */
import assert from "node:assert/strict";
import { behindRow, isInPage, sharingRow } from "../policies/tables.ts";
import { comeAndGo, greedyFlows, slowForAWhile } from "./congestion.ts";

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

for (const [rate, counts] of [[10e6, [2, 8, 32]], [100e6, [2, 8, 32]], [1e9, [32]]] as const) {
  Deno.test(`greedy mb-ecn flows share a line of ${rate / 1e6} Mb/s evenly, use it and lose nothing, as docs/policies.md says`, async () => {
    for (const flows of counts) {
      const { use, fairness, lost, longest, cells } = await sharingRow(rate, flows, "mb-ecn");
      assert(use >= 0.9 && fairness >= 0.97 && lost === 0 && longest <= 250, `${cells}`);
      assert(isInPage(cells), `docs/policies.md does not say ${cells}`);
    }
  });
}

for (const [rate, counts] of [[10e6, [2, 4, 8, 32]], [100e6, [8, 32]]] as const) {
  Deno.test(`greedy mb-ecn flows behind a router share a line of ${rate / 1e6} Mb/s evenly, use it and lose nothing, as docs/policies.md says`, async () => {
    for (const flows of counts) {
      const { use, fairness, lost, lostLater, cells } = await behindRow(rate, flows, "mb-ecn");
      assert(use >= 0.9 && fairness >= 0.97 && lost < 0.01 && lostLater === 0, `${cells}`);
      assert(isInPage(cells), `docs/policies.md does not say ${cells}`);
    }
  });
}

Deno.test("a greedy mb-ecn flow uses nine tenths of a line of 10 Mb/s and 50 ms", async () => {
  const options = { rate: 10e6, delay: 50, flows: 1, congestion: "mb-ecn", warmUp: 2000, duration: 10_000 };
  const { rates, lost } = await greedyFlows(options);
  assert(rates[0] >= 0.9 * 10e6 && lost === 0, `${shown(rates)}, ${lost} packets lost`);
});

Deno.test("mb-ecn flows that come and go share evenly again within two seconds", async () => {
  const phases = await comeAndGo({ rate: 100e6, delay: 1, congestion: "mb-ecn", flows: 6, step: 4000 });
  for (const { flows, use, fairness } of phases) {
    assert(use >= 0.9 && fairness >= 0.97, `${flows} flows: ${use} is used, fairness ${fairness}`);
  }
});

Deno.test("a flow that was slow for a while, and one that was not, have half of a line of 10 Mb/s each within five seconds", async () => {
  for (const delay of [1, 10, 50]) {
    const rates = await slowForAWhile({ rate: 10e6, delay, congestion: "mb-ecn" });
    assert(Math.min(...rates) >= 0.35 * 10e6, `${delay} ms: ${shown(rates)}`);
  }
});

Deno.test("two flows that are greedy from the beginning do not lock unevenly on a line of 10 Mb/s", async () => {
  for (const delay of [1, 10]) {
    const { rates } = await greedyFlows({
      ...{ rate: 10e6, delay, flows: 2, congestion: "mb-ecn" },
      ...{ warmUp: 40_000, duration: 30_000 },
    });
    assert(Math.min(...rates) >= 0.4 * 10e6, shown(rates));
  }
});
