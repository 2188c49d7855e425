import assert from "node:assert/strict";
import { openLibc } from "../c/libc.ts";
import { heapSize, shrinkHeap } from "./heap.ts";

openLibc();

Deno.test("a heap that has grown with garbage is made small again", async () => {
  await shrinkHeap();
  const before = heapSize();
  let kept: object[] = [];
  for (let count = 0; count < 400_000; count++) kept.push({ count, text: `x${count}` });
  const grown = heapSize();
  assert.equal(kept.length, 400_000);
  kept = [];
  await shrinkHeap();
  const after = heapSize();
  assert(grown > before + (16 << 20), `${before} -> ${grown}`);
  assert(after < before + (8 << 20), `${grown} -> ${after}`);
});
