/**
 * Flows between two members that several paths of equal length join.
 *
 * @module
 */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import { topologyOf } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry } from "./layers.ts";

/** Paths of two links between the first node and the last one. */
const PATHS = 4;
const FLOWS = 200;
const PACKETS = 20;
const LENGTH = 1000;
/** More than the header of data transfer, less than what probes of larger packets are longer. */
const HEADER = 40;
/** Milliseconds by which packets on a path are later than on the one before it, and between two packets of a flow. */
const LATER = 7;
const INTERVAL = 1;
const LIMIT = 60_000;

/** What became of the flows. */
export interface PathShares {
  /** Packets that the first node sent over each path. */
  readonly packets: readonly number[];
  /** Flows of which packets overtook others. */
  readonly disordered: number;
  /** Flows whose packets did not all come. */
  readonly incomplete: number;
}

/** Sends packets on many flows over paths of equal length and different delay. */
export async function sharePaths(routing: string): Promise<PathShares> {
  const last = PATHS + 1;
  const middle = Array.from({ length: PATHS }, (_, index) => index + 1);
  const trial = await Trial.make({
    topology: topologyOf(last + 1, middle.flatMap((node) => [[0, node], [node, last]] as const)),
    registry: builtinRegistry(),
    seed: 1,
    options: { routing },
  });
  const { bringUp, network, layer } = trial;
  bringUp.start();
  assert(trial.until(LIMIT, () => bringUp.complete).reached, "not all members have connected");
  assert(trial.untilEach(LIMIT, (index) => trial.reachesAll(index)).reached, "the layer is not whole");
  trial.rest(2000);
  for (const node of middle) {
    const link = network.linkOf(node, last);
    if (link) link.impairment = () => [LATER * node];
  }
  const hash = layer.hash("sink");
  const came: number[][] = [];
  layer.members[last].applications.serve(hash, (flow) => {
    const numbers: number[] = [];
    came.push(numbers);
    flow.onRead = ([number]) => numbers.push(number);
  }, ({ ok }) => assert(ok));
  trial.rest(2000);
  let open = 0;
  const write: ((number: number) => void)[] = [];
  for (let flow = 0; flow < FLOWS; flow++) {
    layer.members[0].applications.allocate(hash, QOS.raw, (outcome) => {
      assert(outcome.ok, outcome.ok ? "" : outcome.error.message);
      write.push((number) => outcome.value.write(new Uint8Array(LENGTH).fill(number)));
      open++;
    });
  }
  assert(trial.until(LIMIT, () => open === FLOWS).reached, "not all flows came about");
  const packets = new Array<number>(PATHS).fill(0);
  const ways = middle.map((node) => network.linkOf(0, node));
  network.observer = (flow, _start, length) => {
    if (flow.place.node !== 0 || length < LENGTH || length > LENGTH + HEADER) return;
    packets[ways.findIndex((way) => way === flow.place.link)]++;
  };
  for (let number = 0; number < PACKETS; number++) {
    for (const one of write) one(number);
    trial.rest(INTERVAL);
  }
  trial.rest(1000);
  const ordered = (numbers: readonly number[]) =>
    numbers.every((number, at) => at === 0 || numbers[at - 1] < number);
  return {
    packets,
    disordered: came.filter((numbers) => !ordered(numbers)).length,
    incomplete: came.filter(({ length }) => length !== PACKETS).length,
  };
}
