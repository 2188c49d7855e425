/** Tests of how packets were shared between flows. @module */
import assert from "node:assert/strict";
import { FlowShares } from "./flow_shares.ts";

/** The shares of flows after packets in these proportions. */
function shares(parts: readonly number[], rounds: number): number[] {
  const found = new FlowShares();
  const last = parts.map(() => 0);
  for (let round = 0; round < rounds; round++) {
    parts.forEach((part, flow) => {
      for (let count = 0; count < part; count++) last[flow] = found.add(1000 + flow);
    });
  }
  return last;
}

const near = (found: readonly number[], expected: readonly number[]) =>
  found.forEach((share, at) => assert(Math.abs(share - expected[at]) < 0.1, `${found} for ${expected}`));

Deno.test("flows that have the same share count 1 each, however many they are", () => {
  near(shares([1, 1], 5000), [1, 1]);
  near(shares(new Array(32).fill(1), 300), new Array(32).fill(1));
});

Deno.test("small flows do not make large ones larger than they are", () => {
  near(shares([50, 50, 1, 1, 1], 100), [1, 1, 0, 0, 0]);
});

Deno.test("a flow has a share against that of the flow whose packet one meets on average", () => {
  // (9² + 1) / 10 = 8.2
  near(shares([9, 1], 500), [9 / 8.2, 1 / 8.2]);
});

Deno.test("what was long ago is forgotten", () => {
  const found = new FlowShares();
  for (let count = 0; count < 10_000; count++) found.add(1);
  let share = 0;
  for (let count = 0; count < 10_000; count++) share = found.add(2);
  assert(share > 0.95, String(share));
});
