/** @module */
import assert from "node:assert/strict";
import { addressText } from "../../core/contract/ids.ts";
import { topologyOf } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { builtinRegistry } from "./layers.ts";
import { ReferenceLike } from "./reference_like.ts";

interface Update {
  readonly source: string;
  readonly destination: string;
  readonly sequence: number;
}

/** A line of three; the last one behaves as the reference. */
async function line() {
  const registry = builtinRegistry();
  const trial = await Trial.make({
    topology: topologyOf(3, [[0, 1], [1, 2]]),
    registry,
    seed: 1,
    epoch: 1.8e12,
  });
  const { network: { links }, layer: { members }, bringUp } = trial;
  const like = new ReferenceLike(() => members[2].layer?.address);
  links[1].quiet = 120_000;
  links[1].translate = (packet, to, direction) =>
    direction === 0 ? like.hears(packet) : like.sends(packet, to);
  bringUp.start();
  assert(trial.until(60_000, () => bringUp.complete).reached);
  const stats = (node: number) => JSON.parse(JSON.stringify(members[node].layer?.stats?.()));
  const sequences = (node: number, of: number): number[] =>
    stats(node).routing.database.filter(({ source }: Update) =>
      source === addressText(members[of].layer?.address ?? 0)
    )
      .map(({ sequence }: Update) => sequence);
  const leads = (node: number, to: number): boolean =>
    stats(node).forwarding.some(({ destination }: Update) => destination === addressText(to));
  return { trial, members, sequences, leads };
}

Deno.test("a member that behaves as the reference counts from 0, and is in the routes until it has aged out", async () => {
  const { trial, members, sequences, leads } = await line();
  trial.rest(100_000);
  const [number] = sequences(0, 2);
  assert(number >= 5 && number <= 8, `${number}`);
  assert(sequences(2, 0).every((sequence) => sequence > 2 ** 52));
  const address = Number(members[2].layer?.address);
  members[2].kill();
  trial.rest(40_000);
  assert(leads(0, address), "it was noticed");
  trial.rest(40_000);
  assert(!leads(0, address), "it was not noticed");
});

Deno.test("a member that behaves as the reference does not hear that others are gone", async () => {
  const { trial, members, leads } = await line();
  trial.rest(20_000);
  const address = Number(members[0].layer?.address);
  members[0].kill();
  trial.rest(20_000);
  assert(!leads(1, address) && leads(2, address));
});
