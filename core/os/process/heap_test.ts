import assert from "node:assert/strict";
import { openLibc } from "../c/libc.ts";
import { busyMeter, heapSize, shrinkHeap } from "./heap.ts";

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

Deno.test("a process that works is busy, and one that waits is not", () => {
  const time = { now: 0 };
  const busy = busyMeter({ now: () => time.now, wall: () => 0 }, 0.5);
  time.now += 1e6;
  assert.equal(busy(), false);
  const until = performance.now() + 20;
  while (performance.now() < until) { /* This is what it does. */ }
  time.now += 1;
  assert.equal(busy(), true);
});
