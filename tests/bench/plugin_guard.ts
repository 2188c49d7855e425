/**
 * What the guard costs each call into a third party's policy. Built-in policies have none.
 *
 * @module
 */
import assert from "node:assert/strict";
import { address, fd } from "../../core/contract/ids.ts";
import { SILENT } from "../../core/contract/ports.ts";
import { PluginGuard } from "../../core/registry/guard/plugin_guard.ts";
import { Registry } from "../../core/registry/registry.ts";
import { BUILTINS } from "../../plugins/builtins.ts";
import { markdown, type Row } from "./table.ts";

const CALLS = 3_000_000;
const RUNS = 9;
const MAX_NS = 10;
const TO = address(7);

/** The policies, under guard or not. */
async function policies(whom: "all" | "nobody") {
  const registry = new Registry(SILENT, new PluginGuard(SILENT, { whom }));
  for (const builtin of BUILTINS) registry.addBuiltin(builtin);
  await registry.load("congestion", "mb-ecn");
  await registry.load("forwarding", "simple");
  const congestion = registry.make("congestion", "mb-ecn", {});
  const forwarding = registry.make("forwarding", "simple", {});
  forwarding.replace(new Map([[TO, [fd(64)]]]));
  return { congestion, flow: congestion.flow(0), forwarding };
}

type Policies = Awaited<ReturnType<typeof policies>>;

/** Nanoseconds of this thread on a processor: others on the machine do not count. */
const processorTime = (): number =>
  Number(Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ")[0]);

/** Nanoseconds of one call. */
function nanoseconds(one: (count: number) => unknown): number {
  const start = processorTime();
  for (let count = 0; count < CALLS; count++) one(count);
  return (processorTime() - start) / CALLS;
}

/** The calls that come with each packet. */
const HOOKS: Readonly<Record<string, (policies: Policies) => (count: number) => unknown>> = {
  "congestion, mark": ({ congestion }) => (count) => congestion.mark(count & 3),
  "congestion, sent": ({ flow }) => (count) => flow.sent(1000, count * 1e6),
  "congestion, received": ({ flow }) => (count) => flow.received(count & 1),
  "forwarding, nextHop": ({ forwarding }) => (count) => forwarding.nextHop(TO, count),
};

/** Measures each call with and without the guard, in turns. */
export async function benchPluginGuard(): Promise<Row[]> {
  const bare = await policies("nobody"), guarded = await policies("all");
  assert.notEqual(bare.congestion, guarded.congestion);
  return Object.entries(HOOKS).map(([what, hook]) => {
    const [without, within] = [hook(bare), hook(guarded)];
    const runs = Array.from({ length: RUNS }, () => [nanoseconds(without), nanoseconds(within)]);
    const [floor, whole] = [0, 1].map((at) => Math.min(...runs.map((times) => times[at])));
    const cost = whole - floor;
    return {
      what: `guard of a third party's policy: ${what}`,
      value: `${Math.max(0, cost).toFixed(1)} ns a call`,
      required: `≤ ${MAX_NS} ns`,
      reached: cost <= MAX_NS,
    };
  });
}

if (import.meta.main) console.log(markdown(await benchPluginGuard()));
