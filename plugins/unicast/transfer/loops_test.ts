/** Tests of packets while routes change: none goes around in a circle until its hops are used up. @module */
import assert from "node:assert/strict";
import { QOS } from "../../../core/contract/qos.ts";
import { random, ring, type Topology } from "../../../core/sim/experiment/topology.ts";
import type { SimulatedLink } from "../../../core/sim/network/link.ts";
import { Trial } from "../../../core/sim/experiment/trial.ts";
import { builtinRegistry, converged } from "../../../tests/simulation/layers.ts";

const LIMIT = 100_000;
const PACKET = new Uint8Array(100);

/** A layer on links so short that a packet makes all its hops before anybody has computed its routes anew. */
async function layerOn(topology: Topology, routing: string, seed: number): Promise<Trial> {
  const trial = await Trial.make({
    topology,
    registry: builtinRegistry(),
    seed,
    options: { routing },
    link: { delay: 0.05 },
  });
  trial.bringUp.start();
  assert(trial.until(LIMIT, () => trial.bringUp.complete).reached);
  const { members } = trial.layer;
  assert(trial.untilEach(LIMIT, (index) => converged(members[index].layer?.stats?.(), trial)).reached);
  trial.rest(5000);
  return trial;
}

/** How many packets all members have dropped for a reason. */
function dropped(trial: Trial, reason: string): number {
  let sum = 0;
  for (const { layer } of trial.layer.members) {
    const { flows } = JSON.parse(JSON.stringify(layer?.stats?.()))["data transfer"];
    for (const { cubes } of flows) for (const cube of cubes) sum += cube[reason].packets;
  }
  return sum;
}

/** All members write to the first one every 5 ms while its links, or some others, go out and come back. */
function writeAllTo(trial: Trial): () => void {
  const { members } = trial.layer;
  const hash = trial.layer.hash("sink");
  members[0].applications.serve(hash, () => {}, () => {});
  trial.rest(3000);
  const writers: (() => void)[] = [];
  for (const { applications } of members.slice(1)) {
    applications.allocate(hash, QOS.raw, (outcome) => {
      assert(outcome.ok);
      writers.push(() => outcome.value.write(PACKET));
    });
  }
  assert(trial.until(10_000, () => writers.length === members.length - 1).reached);
  return () => writers.forEach((write) => write());
}

function writeFor(trial: Trial, milliseconds: number, write: () => void): void {
  for (let past = 0; past < milliseconds; past += 5) {
    write();
    trial.rest(5);
  }
}

for (const routing of ["link_state", "lfa", "ecmp"]) {
  for (const size of [3, 4, 6]) {
    Deno.test(`${routing}: no hops are used up in a ring of ${size} from which a member is cut off`, async () => {
      const trial = await layerOn(ring(size), routing, size);
      const write = writeAllTo(trial);
      const [one, other] = [trial.network.linkOf(0, 1), trial.network.linkOf(0, size - 1)];
      assert(one && other);
      for (const pause of [0, 5, 10, 20, 40, 100, 300]) {
        one.suspend();
        writeFor(trial, pause, write);
        other.suspend();
        writeFor(trial, 500, write);
        for (const link of [one, other]) link.heal();
        writeFor(trial, 500, write);
      }
      assert.equal(dropped(trial, "droppedTtl"), 0);
    });
  }

  Deno.test(`${routing}: no hops are used up in a layer of 12 whose links come and go at random`, async () => {
    const trial = await layerOn(random(12, 3, 7), routing, 7);
    const write = writeAllTo(trial);
    const out = new Set<SimulatedLink>();
    for (let round = 0; round < 60; round++) {
      const link = trial.network.links[trial.random.below(trial.network.links.length)];
      if (out.delete(link)) link.heal();
      else {
        out.add(link);
        link.suspend();
      }
      writeFor(trial, 5 * trial.random.below(60), write);
    }
    assert.equal(dropped(trial, "droppedTtl"), 0);
  });
}
