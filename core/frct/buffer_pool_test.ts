/** Buffers that are lent again. @module */
import assert from "node:assert/strict";
import { BufferPool } from "./buffer_pool.ts";

Deno.test("large buffers are lent again too, and only so many bytes are kept", () => {
  const pool = new BufferPool();
  const large = new Uint8Array(100_000);
  const buffers = Array.from({ length: 100 }, () => pool.copy(large));
  for (const buffer of buffers) pool.giveBack(buffer);
  const again = new Set(buffers.map(() => pool.copy(large)));
  const kept = buffers.filter((buffer) => again.has(buffer)).length;
  assert.equal(kept, 4 * 1024 * 1024 / 131_072);
});

Deno.test("a buffer for a packet beyond the largest size is as large as the packet, and not kept", () => {
  const pool = new BufferPool();
  const buffer = pool.copy(new Uint8Array(200_000));
  assert.equal(buffer.length, 200_000);
  pool.giveBack(buffer);
  assert.notEqual(pool.copy(new Uint8Array(200_000)), buffer);
});
