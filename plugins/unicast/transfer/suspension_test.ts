/** Tests of whole layers over links that are suspended, repaired and of different sizes, in virtual time. @module */
import assert from "node:assert/strict";
import { QOS } from "../../../core/contract/qos.ts";
import type { ApplicationFlow } from "../../../core/sim/experiment/application_flow.ts";
import type { Member } from "../../../core/sim/member.ts";
import { ring, type Topology } from "../../../core/sim/experiment/topology.ts";
import { Trial } from "../../../core/sim/experiment/trial.ts";
import { builtinRegistry, converged } from "../../../tests/simulation/layers.ts";

const LIMIT = 100_000;

async function layerOn(
  topology: Topology,
  options: Record<string, string> = {},
  prepare: (trial: Trial) => void = () => {},
): Promise<Trial> {
  const trial = await Trial.make({ topology, registry: builtinRegistry(), seed: 1, options });
  prepare(trial);
  trial.bringUp.start();
  assert(trial.until(LIMIT, () => trial.bringUp.complete).reached);
  assert(knowing(trial), "the layer did not converge");
  trial.rest(5000);
  return trial;
}

const knowing = (trial: Trial): boolean =>
  trial.untilEach(LIMIT, (index) => converged(trial.layer.members[index].layer?.stats?.(), trial)).reached;

/** A flow from the first member to another; both ends. */
function flowTo(trial: Trial, index: number): { here: ApplicationFlow; there: ApplicationFlow } {
  const { layer: { members } } = trial;
  const hash = trial.layer.hash("echo");
  const ends: ApplicationFlow[] = [];
  members[index].applications.serve(hash, (flow) => {
    flow.onRead = (packet) => flow.write(packet);
    ends[1] = flow;
  }, () => {});
  trial.rest(3000);
  members[0].applications.allocate(hash, QOS.raw, (outcome) => {
    assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
    ends[0] = outcome.value;
  });
  trial.until(5000, () => ends[0] !== undefined && ends[1] !== undefined);
  const [here, there] = ends;
  assert(here && there, "there is no flow");
  return { here, there };
}

/** Milliseconds until a packet has come back; one is sent every 5 ms. */
function echoAfter(trial: Trial, flow: ApplicationFlow, size = 64): number {
  let echoed = 0;
  flow.onRead = () => echoed++;
  const start = trial.now;
  while (echoed === 0 && trial.now < start + LIMIT) {
    flow.write(new Uint8Array(size));
    trial.rest(5);
  }
  return trial.now - start;
}

const connections = ({ layer }: Member): number => {
  const { connections } = JSON.parse(JSON.stringify(layer?.stats?.()));
  return connections.list.length;
};

for (const routing of ["link_state", "lfa", "ecmp"]) {
  Deno.test(`${routing}: a ring goes around a cable that is out, within milliseconds, and back when it is in again`, async () => {
    const trial = await layerOn(ring(3), { routing });
    const { members } = trial.layer;
    const { here } = flowTo(trial, 1);
    const link = trial.network.linkOf(0, 1);
    assert(link);
    assert(echoAfter(trial, here) <= 5);
    const before = members.map(connections);
    link.suspend();
    assert(echoAfter(trial, here) < 100, "the flow does not go around");
    trial.rest(60_000);
    assert(echoAfter(trial, here) <= 10);
    assert.deepEqual(members.map(connections), before, "connections were lost");
    link.heal();
    trial.rest(1000);
    trial.network.linkOf(1, 2)?.cut(false);
    assert(echoAfter(trial, here) <= 10, "the flow has not come back to the repaired link");
    assert.equal(here.over, false);
  });
}

Deno.test("an allocation that waits for a member that is gone fails soon, not after 20 s", async () => {
  const trial = await layerOn(ring(3));
  const { members } = trial.layer;
  const hash = trial.layer.hash("gone");
  members[1].applications.serve(hash, () => {}, () => {});
  trial.rest(3000);
  for (const link of trial.network.links) link.cut(false);
  const errors: string[] = [];
  members[0].applications.allocate(hash, QOS.raw, (outcome) => {
    if (!outcome.ok) errors.push(outcome.error.message);
  });
  trial.rest(3000);
  assert.deepEqual(errors, [], "nobody knows yet");
  for (const link of trial.network.links) link.heal();
  members[1].kill();
  trial.rest(4000);
  assert.equal(errors.length, 1);
});

Deno.test("flows over a member that is cut off are suspended, and told when there is a way again", async () => {
  const trial = await layerOn(ring(3));
  const { here, there } = flowTo(trial, 1);
  const told: (readonly [string, boolean])[] = [];
  for (const [name, flow] of [["here", here], ["there", there]] as const) {
    flow.onChange = () => told.push([name, flow.suspended]);
  }
  const links = [trial.network.linkOf(0, 1), trial.network.linkOf(0, 2)];
  links[0]?.suspend();
  trial.rest(1000);
  assert.deepEqual(told, [], "there is another way");
  links[1]?.suspend();
  trial.rest(1000);
  assert.deepEqual([here.suspended, there.suspended], [true, true]);
  for (const link of links) link?.heal();
  trial.rest(1000);
  assert.deepEqual([here.suspended, there.suspended, told.length], [false, false, 4]);
  assert(echoAfter(trial, here) <= 10);
});

Deno.test("halves that were apart know at once what the other has learned meanwhile", async () => {
  const trial = await layerOn(ring(6));
  const cut = [trial.network.linkOf(0, 5), trial.network.linkOf(2, 3)];
  for (const link of cut) link?.suspend();
  trial.rest(2000);
  trial.layer.members[4].kill();
  trial.rest(LIMIT);
  trial.bringUp.restart(4);
  trial.rest(10_000);
  for (const link of cut) link?.heal();
  const found = trial.untilEach(
    1500,
    (index) => converged(trial.layer.members[index].layer?.stats?.(), trial),
  );
  assert(found.reached, "the restarted member is not known yet");
  const { here } = flowTo(trial, 4);
  assert(echoAfter(trial, here) < 1000);
});

Deno.test("packets are as large as the path carries, also when another one is taken", async () => {
  // A square: 0 – 1 – 3 – 2 – 0, of which 2 – 3 carries less.
  const square: Topology = { nodes: 4, edges: [[0, 1], [0, 2], [1, 3], [2, 3]] };
  const trial = await layerOn(square, {}, ({ network }) => {
    for (const link of network.links) link.resize(9000);
    network.linkOf(2, 3)?.resize(1400);
  });
  const { here, there } = flowTo(trial, 1);
  const direct = trial.network.linkOf(0, 1);
  assert(direct);
  assert.deepEqual([here.maxPacket, there.maxPacket], [8985, 8985]);
  trial.rest(100);
  assert(echoAfter(trial, here, 8985) <= 5);
  direct.suspend();
  trial.rest(20_000);
  const most = 1400 - 15;
  for (const { maxPacket } of [here, there]) {
    assert(maxPacket !== undefined && maxPacket <= most && maxPacket >= most - 8, `${maxPacket}`);
  }
  assert(echoAfter(trial, here, here.maxPacket) <= 20);
  direct.heal();
  trial.rest(35_000);
  assert.deepEqual([here.maxPacket, there.maxPacket], [8985, 8985]);
  assert(echoAfter(trial, here, 8985) <= 5);
});

Deno.test("a layer says how large packets of new flows may be", async () => {
  const trial = await layerOn(ring(3));
  const [member] = trial.layer.members;
  assert.deepEqual([member.layer?.maxPacket, member.layer?.mpl], [1385, 100]);
  trial.network.linkOf(0, 1)?.resize(1000);
  assert.equal(member.layer?.maxPacket, 985);
  trial.network.linkOf(0, 1)?.cut();
  assert.equal(member.layer?.maxPacket, 1385);
});
