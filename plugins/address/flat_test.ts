/** @module */
import assert from "node:assert/strict";
import * as errors from "../../core/contract/errors.ts";
import type { PluginHost } from "../../core/contract/plugin.ts";
import { flat } from "./flat.ts";

const log = { error() {}, warning() {}, info() {}, debug() {}, component: () => log };
const host: PluginHost = { errors, log, make: () => assert.fail("it uses no other plugin") };

Deno.test("the address is what randomness gives, but never 0", () => {
  const drawn = [0, 0, 0xffffffff, 7];
  const random = { uint32: () => drawn.shift() ?? 0, bytes: (count: number) => new Uint8Array(count) };
  const authority = flat.create(host, { random, options: {} });
  assert.deepEqual([authority.draw(), authority.draw()], [0xffffffff, 7]);
});
