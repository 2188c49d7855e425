/** Tests of the registry as the IRMd uses it: what is built in is asked here, what is not elsewhere. @module */
import assert from "node:assert/strict";
import { PluginError } from "../contract/errors.ts";
import { type Outcome, success } from "../contract/outcome.ts";
import type { Plugin } from "../contract/plugin.ts";
import { SILENT } from "../contract/ports.ts";
import { Registry } from "../registry/registry.ts";
import { irmdPlugins } from "./plugins.ts";

const FOUR: Plugin<"hash"> = {
  kind: "hash",
  name: "FOUR",
  apiVersion: 1,
  description: "four bytes",
  options: [],
  create: () => ({ length: 4, digest: ([first]) => Uint8Array.of(first, 0, 0, 1) }),
};

Deno.test("a built-in hash function answers at once, also one that nobody may pick", async () => {
  for (const internal of [false, true]) {
    const registry = new Registry(SILENT);
    const { create: _, ...declaration } = FOUR;
    registry.addBuiltin({ declaration: { ...declaration, internal }, load: () => Promise.resolve(FOUR) });
    const answers: Outcome<Uint8Array>[] = [];
    (await irmdPlugins(registry)).hash("FOUR").digest(Uint8Array.of(120), (outcome) => answers.push(outcome));
    assert.deepEqual(answers, [success(Uint8Array.of(120, 0, 0, 1))]);
  }
});

Deno.test("a third party's hash functions and balancing policies are asked elsewhere; their code is never here", async () => {
  const registry = new Registry(SILENT);
  registry.addElsewhere(FOUR, "four.ts");
  registry.addElsewhere({ ...FOUR, kind: "balancing" }, "four.ts");
  const asked: string[] = [];
  const plugins = await irmdPlugins(registry, {
    hash: ({ label }) => ({ digest: () => asked.push(label) }),
    balancer: ({ label }) => ({ ask: () => asked.push(label) }),
  });
  plugins.hash("FOUR").digest(Uint8Array.of(1), () => {});
  const balancer = plugins.balancer("FOUR");
  assert("ask" in balancer);
  balancer.ask([], () => {});
  assert.deepEqual(asked, ['hash "FOUR" (four.ts)', 'balancing "FOUR" (four.ts)']);
  assert.throws(() => plugins.hash("FIVE"), PluginError);
});
