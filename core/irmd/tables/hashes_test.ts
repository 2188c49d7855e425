/** Tests of the hashes of names, where a hash function answers at once and where it does not. @module */
import assert from "node:assert/strict";
import { PluginError } from "../../contract/errors.ts";
import { nameHash } from "../../contract/ids.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import { NameHashes } from "./hashes.ts";
import type { Name } from "./names.ts";

const named = (name: string): Name => ({ name, balancing: "b", balancer: { choose: () => 0 }, paths: {} });

Deno.test("a hash is computed once, and one that failed again", () => {
  const asked: Done<Uint8Array>[] = [];
  const hashes = new NameHashes(() => ({ digest: (_bytes, done) => asked.push(done) }));
  const answers: Outcome<string>[] = [];
  const of = () => hashes.of("a", "H", (outcome) => answers.push(outcome));
  of();
  asked[0](failure(new PluginError("boom")));
  of();
  asked[1](success(Uint8Array.of(1)));
  of();
  assert.deepEqual(answers.map((answer) => answer.ok && answer.value), [false, "01", "01"]);
  assert.equal(asked.length, 2);
});

Deno.test("the name of a hash is found, whenever the function answers, and in spite of one that fails", () => {
  const asked = new Map<string, Done<Uint8Array>>();
  const hashes = new NameHashes(() => ({
    digest: (bytes, done) => void asked.set(new TextDecoder().decode(bytes), done),
  }));
  const found: string[] = [];
  const names = ["a", "b", "c"].map(named);
  hashes.find(names, "H", nameHash("02"), (name) => found.push(name?.name ?? "none"));
  asked.get("c")?.(success(Uint8Array.of(2)));
  asked.get("a")?.(failure(new PluginError("boom")));
  assert.equal(found.length, 0);
  asked.get("b")?.(success(Uint8Array.of(1)));
  assert.deepEqual(found, ["c"]);
  hashes.find([], "H", nameHash("02"), (name) => found.push(name?.name ?? "none"));
  assert.deepEqual(found, ["c", "none"]);
});
