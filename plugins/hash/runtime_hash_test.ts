/** Tests of the hash plugins: digests from FIPS 202 and RFC 1321, and from logs and captures of the reference. @module */
import assert from "node:assert/strict";
import type { Plugin } from "../../core/contract/plugin.ts";
import { md5, sha3With224, sha3With256, sha3With384, sha3With512 } from "./runtime_hash.ts";
import * as errors from "../../core/contract/errors.ts";

function digest(plugin: Plugin<"hash">, text: string): string {
  const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
  const make = () => assert.fail("a hash function uses no other plugin");
  return plugin.create({ errors, log, make }, {}).digest(new TextEncoder().encode(text)).toHex();
}

Deno.test("names hash as in the reference's logs", () => {
  assert.equal(digest(sha3With224, "oping_server").slice(0, 8), "4721372d");
  assert.equal(digest(sha3With224, "normal_1").slice(0, 8), "e9504761");
  assert.equal(digest(sha3With224, "normal_layer").slice(0, 8), "f40ee0f0");
  assert.equal(digest(sha3With256, "oping_server").slice(0, 8), "465bac77");
  assert.equal(digest(sha3With256, "normal_1").slice(0, 8), "e864325e");
  assert.equal(
    digest(sha3With256, "oping"),
    "42dee3b0415b4f690fd91cbd99876f1e9bd8d9745ef7fa32b142773af0349d54",
  );
});

Deno.test("the empty text hashes as in FIPS 202", () => {
  assert.equal(digest(sha3With224, ""), "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7");
  assert.equal(digest(sha3With256, ""), "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
  assert.match(digest(sha3With384, ""), /^0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a/);
  assert.match(digest(sha3With512, ""), /^a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6/);
});

Deno.test("MD5 hashes as in RFC 1321, and names as in the reference's captures", () => {
  assert.equal(digest(md5, ""), "d41d8cd98f00b204e9800998ecf8427e");
  assert.equal(digest(md5, "oping"), "7862c6fec5ecaef4aa2e3934725e23b3");
  assert.equal(digest(md5, "ka.svc"), "2ac55b63eadf29c36e89d4a8f05a85ea");
  const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
  assert.equal(md5.create({ errors, log, make: () => assert.fail() }, {}).length, 16);
});
