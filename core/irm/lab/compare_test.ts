/** What was seen in a lab, beside the simulation. @module */
import assert from "node:assert/strict";
import { BUILTINS } from "../../../plugins/builtins.ts";
import type { PluginKind } from "../../contract/plugin_kind.ts";
import { readScenario } from "../../sim/scenario/read_scenario.ts";
import type { AppCount } from "./app.ts";
import { compared, realFindings } from "./compare.ts";

const declarations = BUILTINS.map(({ declaration }) => declaration);
const scenario = readScenario(
  {
    path: "f",
    text:
      '[topology]\nlinks = [["a", "b"]]\n[layer.net]\n[[flow]]\nfrom = "a"\nto = "b"\nkind = "rate"\nrate = "1Mb"\n' +
      '[[event]]\nat = "2s"\ndown = ["a", "b"]',
  },
  (kind: PluginKind) => declarations.filter((declaration) => declaration.kind === kind),
);
const none = { mean: 0, p99: 0, most: 0 };
const epoch = (sent: number, received: number, gap: number) => ({ sent, received, gap });

Deno.test("what the two ends of a flow have counted is joined; silence is what the end that receives has seen", () => {
  const counts: AppCount[] = [
    {
      table: 0,
      index: 0,
      sent: 100,
      received: 0,
      bytes: 0,
      delay: none,
      epochs: [epoch(20, 0, 2000), epoch(80, 0, 8000)],
    },
    {
      ...{ table: 0, index: 0, sent: 0, received: 90, bytes: 90_000 },
      delay: { mean: 2, p99: 3, most: 4 },
      epochs: [epoch(0, 20, 10), epoch(0, 70, 300)],
    },
  ];
  assert.deepEqual(realFindings(scenario, 1234, counts), {
    up: 1234,
    flows: [{ name: "rate 1", sent: 100, lost: 10, goodput: 72_000, delay: { mean: 2, p99: 3, most: 4 } }],
    events: [{ text: "a–b down", lost: 10, silence: 300 }],
    faults: [],
  });
});

Deno.test("plugins that have failed stand below the table, with where they did", () => {
  const fault = {
    kind: "congestion",
    name: "one",
    file: "one.ts",
    faults: 16,
    last: "sent: no",
    outOfUse: true,
  } as const;
  const simulated = { flows: [], events: [], faults: [fault] };
  const text = compared(simulated, {
    ...realFindings(scenario, 1, [], ["a: congestion one"]),
    flows: [],
    events: [],
  });
  assert.match(
    text,
    /\n\nPlugins have failed, .*:\n\n- simulated: congestion "one" \(one\.ts\): 16 faults, out of use, the last in sent: no\n- a: congestion one$/,
  );
});
