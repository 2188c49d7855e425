/** Broadcast layers of many members, on links with delay. @module */
import assert from "node:assert/strict";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry, graphOf } from "./layers.ts";

const NODES = 500;
const WRITERS = [0, 250, 499];

for (const graph of ["random", "grid"]) {
  Deno.test(`in a ${graph} of ${NODES} members every packet reaches every member once`, async () => {
    const trial = await Trial.make({
      topology: graphOf(graph, NODES, 1),
      registry: builtinRegistry(),
      seed: 1,
      type: "broadcast",
    });
    const { bringUp, layer: { members } } = trial;
    bringUp.start();
    assert(trial.until(60_000, () => bringUp.complete).reached, "not all members have joined and connected");
    const counts = members.map(() => WRITERS.map(() => 0));
    const flows = members.map(({ applications }, index) => {
      const joined: Parameters<Parameters<typeof applications.join>[0]>[0][] = [];
      applications.join((outcome) => joined.push(outcome));
      const [outcome] = joined;
      assert(outcome?.ok);
      outcome.value.onRead = ([writer]) => void counts[index][writer]++;
      return outcome.value;
    });
    for (let round = 0; round < 2; round++) {
      for (const [number, writer] of WRITERS.entries()) assert(flows[writer].write(Uint8Array.of(number)));
    }
    trial.rest(1000);
    counts.forEach((of, index) => {
      assert.deepEqual(of, WRITERS.map((writer) => writer === index ? 0 : 2), `member ${index}`);
    });
  });
}
