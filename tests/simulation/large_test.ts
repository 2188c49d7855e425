/** @module */
import assert from "node:assert/strict";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry, graphOf } from "./layers.ts";

const NODES = 300;
const LIMIT = 60_000;
const NAMES = 50;

Deno.test("a layer of 300 members converges within a minute of virtual time and finds its names", async () => {
  const trial = await Trial.make({
    topology: graphOf("random", NODES, 1),
    registry: builtinRegistry(),
    seed: 1,
  });
  const { bringUp, layer: { members } } = trial;
  bringUp.start();
  assert(trial.until(LIMIT, () => bringUp.complete).reached, "not all members have joined and connected");
  const { reached } = trial.untilEach(LIMIT, (index) => trial.reachesAll(index));
  assert(reached && trial.now <= LIMIT, "not all members have a way to all others");
  assert.deepEqual(bringUp.failures, []);
  const { heapTotal, external } = Deno.memoryUsage();
  assert(heapTotal + external < 2e9, `${heapTotal + external} bytes are in use`);
  trial.rest(2000);
  let [registered, found] = [0, 0];
  const hashOf = (index: number) => trial.layer.hash(`name.${index}`);
  for (let index = 0; index < NAMES; index++) {
    members[index].applications.serve(hashOf(index), () => {}, ({ ok }) => registered += Number(ok));
  }
  trial.rest(2000);
  for (let index = 0; index < NAMES; index++) {
    members[NODES - 1 - index].layer?.query(
      hashOf(index),
      (outcome) => found += Number(outcome.ok && outcome.value),
    );
  }
  trial.rest(1000);
  assert.deepEqual([registered, found], [NAMES, NAMES]);
});
