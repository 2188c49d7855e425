/** Tests of the MD5 plugin: digests from RFC 1321 and from captures of the reference. @module */
import assert from "node:assert/strict";
import * as errors from "../../core/contract/errors.ts";
import { md5 } from "./md5.ts";

const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const hash = md5.create({ errors, log, make: () => assert.fail("a hash function uses no other plugin") }, {});

Deno.test("names hash as in the reference's captures", () => {
  const digest = (text: string) => hash.digest(new TextEncoder().encode(text)).toHex();
  assert.equal(digest(""), "d41d8cd98f00b204e9800998ecf8427e");
  assert.equal(digest("oping"), "7862c6fec5ecaef4aa2e3934725e23b3");
  assert.equal(digest("ka.svc"), "2ac55b63eadf29c36e89d4a8f05a85ea");
  assert.equal(hash.length, 16);
});
