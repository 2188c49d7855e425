/** Scenarios that are played: what comes of them is the same each time. @module */
import assert from "node:assert/strict";
import { BUILTINS } from "../../../plugins/builtins.ts";
import { SILENT } from "../../contract/ports.ts";
import { Registry } from "../../registry/registry.ts";
import { READY_MADE } from "../ready/ready_made.ts";
import { type Overrides, readScenario } from "../scenario/read_scenario.ts";
import { findingsOf, jain, type PlayFindings } from "./findings.ts";
import { Play } from "./play.ts";
import { tablesOf } from "./tables.ts";

async function play(text: string, over: Overrides = {}): Promise<PlayFindings> {
  const registry = new Registry(SILENT);
  for (const builtin of BUILTINS) registry.addBuiltin(builtin);
  const scenario = readScenario({ text, path: "f.toml" }, registry.policies, over);
  const played = await Play.make(scenario, { registry });
  for (const _ of played.steps());
  return findingsOf(played);
}

/** The tables without what changes when a protocol says more or less of the same. */
const seen = (found: PlayFindings): string =>
  tablesOf(found).split(/\n\n(?=[A-Z])/).filter((part) => !part.startsWith("Packets that a member")).join(
    "\n\n",
  )
    .replace(/\n\n\d+ packets on links.*$/, "");

const ready = (name: string): string => READY_MADE.find((one) => one.name === name)?.text ?? "";

Deno.test("in the resilient square packets find another way as long as there is one", async (t) => {
  const found = await play(ready("square"));
  await t.assertSnapshot(seen(found));
  const [one, both, back, healed] = found.events;
  assert(one.lost <= 5 && one.silence < 200, JSON.stringify(one));
  assert(both.silence > 3000, "no way is left");
  assert(back.silence < 5000 && healed.lost <= 5, JSON.stringify([back, healed]));
});

Deno.test("a seed replays every packet; another seed sends others", async () => {
  const text =
    `[topology]\nshape = "random"\nnodes = 8\n[link]\nloss = "2%"\njitter = "1ms"\n[layer.net]\n[layer.top]\n` +
    `members = ["n1", "n5", "n7"]\nshape = "ring"\n[[flow]]\nfrom = "any"\nto = "any"\nkind = "ping"\ncount = 3\n` +
    `duration = 0`.replace("duration = 0", "");
  const [one, again, other] = [await play(text), await play(text), await play(text, { seed: 2 })];
  assert(one.packets > 1000, String(one.packets));
  assert.deepEqual(again, one);
  assert.notEqual(other.trace, one.trace);
});

Deno.test("a host that was killed joins all layers of its again, one on the other, and its flows come back", async () => {
  const { layers, flows, events: [killed, started] } = await play(`duration = "20s"
[topology]
shape = "ring"
nodes = 4
[layer.low]
[layer.top]
depth = 2
[[flow]]
from = "n0"
to = "n2"
kind = "ping"
interval = "50ms"
[[event]]
at = "2s"
kill = "n2"
[[event]]
at = "5s"
start = "n2"
`);
  assert.deepEqual(layers.map(({ name, converged }) => [name, converged !== null]), [
    ["low", true],
    ["top.1", true],
    ["top.2", true],
  ]);
  assert(killed.lost > 20 && killed.silence > 2900, JSON.stringify(killed));
  assert(Number(killed.repaired) < 2000, JSON.stringify(killed));
  assert(Number(started.repaired) < 8000 && started.silence < 12_000, JSON.stringify(started));
  assert(flows[0].sent - flows[0].lost > 200, JSON.stringify({ ...flows[0], series: undefined }));
});

Deno.test("a reliable flow loses nothing where a raw one does", async () => {
  const flow = (name: string, words: string) =>
    `[[flow]]\nname = "${name}"\nfrom = "n0"\nto = "n2"\nkind = "rate"\nrate = "400kb"\nstop = "4s"\n${words}\n`;
  const { flows: [raw, data] } = await play(
    `duration = "6s"\n[topology]\nshape = "line"\nnodes = 3\n[link]\nloss = "3%"\nrate = "10Mb"\n[layer.net]\n` +
      flow("raw", "") + flow("data", 'qos = "data"'),
  );
  assert(raw.lost > 2 && raw.sent > 190, JSON.stringify({ ...raw, series: undefined }));
  assert.deepEqual([data.lost, data.sent > 190], [0, true]);
});

Deno.test("Jain's index is 1 for equal shares, and one part for one that has all", () => {
  assert.deepEqual([jain([5, 5, 5, 5]), jain([1, 0, 0, 0]), jain([])], [1, 0.25, 1]);
});
