/** Tests of the registry as the IRMd uses it: digests of third parties are checked. @module */
import assert from "node:assert/strict";
import { PluginError } from "../contract/errors.ts";
import type { Plugin } from "../contract/plugin.ts";
import type { HashFunction } from "../contract/policies/small_policies.ts";
import type { Log } from "../contract/ports.ts";
import { Registry } from "../registry/registry.ts";
import { irmdPlugins } from "./plugins.ts";

const silent: Log = { error() {}, warning() {}, info() {}, debug() {}, component: () => silent };

/** The digest of `x` by a hash function of four bytes with that `digest`. */
async function digestBy(digest: HashFunction["digest"]): Promise<Uint8Array> {
  const plugin: Plugin<"hash"> = {
    kind: "hash",
    name: "FOUR",
    apiVersion: 1,
    description: "four bytes",
    options: [],
    create: () => ({ length: 4, digest }),
  };
  const registry = new Registry(silent);
  registry.add(plugin, "four.ts");
  return (await irmdPlugins(registry)).hash("FOUR").digest(new TextEncoder().encode("x"));
}

Deno.test("a digest of the length that the hash function says passes", async () => {
  assert.deepEqual(await digestBy(([first]) => Uint8Array.of(first, 0, 0, 1)), Uint8Array.of(120, 0, 0, 1));
});

Deno.test("a hash function that fails, or gives another length or thing, is named with its file", async () => {
  const broken: [HashFunction["digest"], RegExp][] = [
    [() => {
      throw new Error("boom");
    }, /its digest failed: boom$/],
    [() => new Uint8Array(9), /its digest must be a Uint8Array of 4 bytes$/],
    [() => JSON.parse("[1, 2, 3, 4]"), /its digest must be a Uint8Array of 4 bytes$/],
  ];
  for (const [digest, reason] of broken) {
    await assert.rejects(digestBy(digest), (thrown) => {
      assert(thrown instanceof PluginError, String(thrown));
      assert(thrown.message.startsWith('hash "FOUR" (four.ts): '), thrown.message);
      assert.match(thrown.message, reason);
      return true;
    });
  }
});
