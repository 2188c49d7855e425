/** @module */
import assert from "node:assert/strict";
import type { ApplicationFlow } from "../../core/sim/experiment/application_flow.ts";
import type { Outcome } from "../../core/contract/outcome.ts";
import { QOS } from "../../core/contract/qos.ts";
import { grid } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry, destinations } from "./layers.ts";

const SIDE = 4;
/** Longest that anything here should take, in milliseconds: an entry ages out within 75 s. */
const LIMIT = 100_000;
/** Links that join the left half of the grid to the right one. */
const isCut = ([a, b]: readonly [number, number]) => b === a + 1 && a % SIDE === SIDE / 2 - 1;
const isLeft = (node: number) => node % SIDE < SIDE / 2;

async function upGrid(options: Record<string, string> = {}): Promise<Trial> {
  const trial = await Trial.make({
    topology: grid(SIDE * SIDE),
    registry: builtinRegistry(),
    seed: 1,
    options,
  });
  trial.bringUp.start();
  assert(trial.until(LIMIT, () => trial.bringUp.complete).reached);
  assert(knowing(trial, SIDE * SIDE - 1), "the layer did not converge");
  trial.rest(5000);
  return trial;
}

/** Waits until each member has a way to exactly `count` others. */
function knowing(trial: Trial, count: number): boolean {
  const { members } = trial.layer;
  return trial.untilEach(LIMIT, (index) => destinations(members[index].layer?.stats?.()) === count).reached;
}

function serve(trial: Trial, index: number, name: string): void {
  const outcomes: boolean[] = [];
  const { applications } = trial.layer.members[index];
  applications.serve(
    trial.layer.hash(name),
    (flow) => flow.onRead = (packet) => flow.write(packet),
    ({ ok }) => outcomes.push(ok),
  );
  trial.rest(3000);
  assert.deepEqual(outcomes, [true], `${name} was not registered`);
}

function allocate(trial: Trial, index: number, name: string): Outcome<ApplicationFlow> {
  const outcomes: Outcome<ApplicationFlow>[] = [];
  const { applications } = trial.layer.members[index];
  applications.allocate(trial.layer.hash(name), QOS.raw, (outcome) => outcomes.push(outcome));
  trial.until(30_000, () => outcomes.length > 0);
  assert.equal(outcomes.length, 1, "the allocation was not answered");
  return outcomes[0];
}

function echo(trial: Trial, flow: ApplicationFlow): boolean {
  let echoed = 0;
  flow.onRead = () => echoed++;
  flow.write(new Uint8Array(64));
  trial.until(1000, () => echoed > 0);
  return echoed > 0;
}

/** A flow from one member to a name, which must come about. */
function flowTo(trial: Trial, index: number, name: string): ApplicationFlow {
  const outcome = allocate(trial, index, name);
  assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
  assert(echo(trial, outcome.value), "no echo came");
  return outcome.value;
}

for (const notice of [true, false]) {
  const how = notice ? "flows go down" : "packets vanish silently";
  Deno.test(`a partition in which ${how} heals, and each half works meanwhile`, async () => {
    const trial = await upGrid();
    const { network } = trial;
    serve(trial, 0, "left");
    serve(trial, SIDE - 1, "right");
    const flow = flowTo(trial, 1, "right");
    const cut = network.topology.edges.filter(isCut);
    for (const [a, b] of cut) network.linkOf(a, b)?.cut(notice);
    assert(knowing(trial, SIDE * SIDE / 2 - 1), "the halves still hope to reach each other");
    assert.equal(echo(trial, flow), false);
    flowTo(trial, SIDE * SIDE - SIDE, "left");
    flowTo(trial, SIDE * SIDE - 1, "right");
    const across = allocate(trial, 4, "right");
    assert(!across.ok, "a flow came about between the halves");
    assert(across.error.message.length > 10, across.error.message);
    for (const [a, b] of cut) network.linkOf(a, b)?.heal();
    assert(knowing(trial, SIDE * SIDE - 1), "the halves have not found each other again");
    trial.rest(2000);
    flowTo(trial, 4, "right");
    assert(echo(trial, flow), "the old flow does not work again");
    assert(isLeft(4) && !isLeft(SIDE - 1));
  });
}

Deno.test("packets go around a link that has failed", async () => {
  const trial = await upGrid();
  serve(trial, 1, "next");
  const flow = flowTo(trial, 0, "next");
  trial.network.linkOf(0, 1)?.cut();
  trial.rest(1000);
  assert(echo(trial, flow), "the flow does not go around");
});

Deno.test("a node that dies is forgotten, and joins anew under another address", async () => {
  const trial = await upGrid();
  const restarted = 5;
  serve(trial, restarted, "service");
  const flow = flowTo(trial, 15, "service");
  trial.layer.members[restarted].kill();
  assert(
    trial.untilEach(LIMIT, (index) => index === restarted || reaches(trial, index) === SIDE * SIDE - 2)
      .reached,
    "the dead is still known",
  );
  trial.bringUp.restart(restarted);
  assert(trial.until(LIMIT, () => trial.bringUp.complete).reached, "it has not joined again");
  assert(knowing(trial, SIDE * SIDE - 1), "it is not known again");
  assert.equal(echo(trial, flow), false);
  serve(trial, restarted, "service");
  flowTo(trial, 15, "service");
});

const reaches = ({ layer }: Trial, index: number) => destinations(layer.members[index].layer?.stats?.());
