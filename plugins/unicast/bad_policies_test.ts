/** A unicast layer whose policies fail: what they throw ends no IPCP, and its flows go on. @module */
import assert from "node:assert/strict";
import type { Done } from "../../core/contract/outcome.ts";
import type { AnyPlugin, PluginProducts } from "../../core/contract/plugin.ts";
import type { PluginKind } from "../../core/contract/plugin_kind.ts";
import { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { hashOf, TestLayer } from "../testing/unicast_layer.ts";

const boom = (): never => {
  throw new Error("boom");
};

/** A policy called `bad`. */
const bad = <K extends PluginKind>(kind: K, made: PluginProducts[K]) =>
  ({
    kind,
    name: "bad",
    apiVersion: 1,
    description: "bad",
    options: [],
    create: () => made,
  }) as unknown as AnyPlugin;

/** Two members, and what the second one got of ten packets of the first. */
async function carried(
  plugin: AnyPlugin,
  given: Readonly<Record<string, string>>,
): Promise<{ layer: TestLayer; got: number }> {
  const layer = await TestLayer.make([plugin]);
  const [a, b] = layer.line("ab", given);
  layer.serve(b, "svc");
  const ends: SimulatedFlow[] = [];
  const { onRequest } = b.upper;
  b.upper.onRequest = (request, done) =>
    onRequest(request, (outcome) => {
      if (outcome.ok && outcome.value instanceof SimulatedFlow) ends.push(outcome.value);
      done(outcome);
    });
  const flow = layer.allocate(a, "svc");
  assert(flow instanceof SimulatedFlow, `there is no flow: ${flow}`);
  for (let count = 0; count < 10; count++) {
    flow.write(Uint8Array.of(count));
    layer.time.advance(20);
  }
  return { layer, got: ends[0].received.length };
}

const faultsOf = ({ registry }: TestLayer) =>
  registry.guard.stats().map(({ kind, outOfUse }) => `${kind} ${outOfUse}`);

Deno.test("a congestion policy that throws with every packet is put out of use, and the packets go their way", async () => {
  const flow = { sent: boom, received: boom, update: boom, stats: boom };
  const { layer, got } = await carried(bad("congestion", { mark: boom, flow: () => flow }), {
    congestion: "bad",
  });
  assert.equal(got, 10);
  assert.deepEqual(faultsOf(layer), ["congestion true"]);
});

Deno.test("a scheduling policy that throws holds nobody back", async () => {
  const { got } = await carried(bad("scheduling", { queue: boom }), { scheduling: "bad" });
  assert.equal(got, 10);
});

Deno.test("a routing policy that throws when a neighbour comes up does not keep connections from being made", async () => {
  const routing = { forwarding: "simple", managementUp: boom, adjacencyUp: boom, receive: boom };
  const layer = await TestLayer.make([bad("routing", routing)]);
  layer.line("abc", { routing: "bad" });
  assert.deepEqual(faultsOf(layer), ["routing false"]);
});

Deno.test("a directory policy that throws is an answer in words to whoever registers and asks", async () => {
  const layer = await TestLayer.make([bad("directory", { register: boom, unregister: boom, query: boom })]);
  const { layer: member } = layer.first("a", { directory: "bad" });
  const said = /directory "bad" \(test\): (register|query): it threw Error: boom/;
  assert.match(layer.refused((done: Done) => member?.register(hashOf("x"), done)).message, said);
  assert.match(layer.refused((done: Done<boolean>) => member?.query(hashOf("x"), done)).message, said);
});

Deno.test("an address policy that gives nonsense is the reason why an IPCP comes into no layer", async () => {
  const layer = await TestLayer.make([bad("address", { draw: () => JSON.parse("-7") })]);
  const named = /address "bad" \(test\): draw: it returned -7, which is no answer/;
  assert.throws(() => layer.first("a", { addr_auth: "bad" }), named);
});
