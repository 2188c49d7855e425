import assert from "node:assert/strict";
import { MESSAGE, MessageBlock, VECTOR } from "./message_block.ts";

/** What the kernel finds at a machine address that stands in the block. */
function follow(block: MessageBlock, at: number): Deno.UnsafePointerView {
  const address = new DataView(block.bytes.buffer).getBigUint64(at, true);
  const pointer = Deno.UnsafePointer.create(address);
  assert(pointer, `there is no address at ${at}`);
  return new Deno.UnsafePointerView(pointer);
}

Deno.test("messages lead to their vectors, and those to the slots", () => {
  const block = new MessageBlock({ messages: 2, slots: 5, slotBytes: 13 });
  assert.equal(block.size.slotBytes, 16);
  for (let slot = 0; slot < 5; slot++) block.bytes[block.slotAt(slot)] = 100 + slot;
  block.setMessage(1, 2, 3, 0);
  block.setVector(3, 7);
  const header = new DataView(block.bytes.buffer, MESSAGE, MESSAGE);
  assert.equal(header.getBigUint64(0, true), 0n, "no name");
  assert.equal(header.getBigUint64(24, true), 3n);
  const vectors = follow(block, MESSAGE + 16);
  for (const [index, slot] of [2, 3, 4].entries()) {
    const data = vectors.getPointer(index * VECTOR);
    assert(data);
    assert.equal(new Deno.UnsafePointerView(data).getUint8(), 100 + slot);
  }
  assert.deepEqual([vectors.getBigUint64(8), vectors.getBigUint64(VECTOR + 8)], [16n, 7n]);
  assert.equal(block.vector(3), 7);
});

Deno.test("names and ancillary data are there only when asked for", () => {
  const block = new MessageBlock({ messages: 2, slots: 3, slotBytes: 8 });
  block.setMessage(1, 2, 1, 16);
  block.setControl(1, 24);
  block.setName(2, new Uint32Array([0x01020304, 5]));
  block.bytes[block.controlAt(1)] = 42;
  assert.equal(follow(block, MESSAGE).getUint32(0), 0x01020304);
  assert.equal(follow(block, MESSAGE + 32).getUint8(), 42);
  const header = new DataView(block.bytes.buffer, MESSAGE, MESSAGE);
  assert.deepEqual([header.getUint32(8, true), header.getBigUint64(40, true)], [16, 24n]);
  block.setControl(1, 0);
  block.setMessage(1, 2, 1, 0);
  assert.deepEqual(
    [header.getBigUint64(0, true), header.getBigUint64(32, true), header.getBigUint64(40, true)],
    [0n, 0n, 0n],
  );
});

Deno.test("what comes back is read from the header", () => {
  const block = new MessageBlock({ messages: 1, slots: 1, slotBytes: 8 });
  const header = new DataView(block.bytes.buffer);
  header.setUint32(48, 0x20, true);
  header.setUint32(56, 1234, true);
  header.setUint32(40, 20, true);
  assert.deepEqual([block.flags(0), block.length(0), block.controlLength(0)], [0x20, 1234, 20]);
});
