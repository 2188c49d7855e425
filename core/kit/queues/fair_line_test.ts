/** Tests of the waiting line in which flows take turns. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FairLine } from "./fair_line.ts";

const flow = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const step = fc.option(
  fc.record({ flow: fc.oneof(flow, fc.nat(5)), bytes: fc.integer({ min: 1, max: 3000 }) }),
  { nil: undefined },
);

Deno.test("what was added comes out once, and each flow keeps its order", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 300, size: "max" }), (steps) => {
    const line = new FairLine<{ flow: number; bytes: number; order: number }>();
    const waiting = new Map<number, number[]>();
    let [length, total] = [0, 0];
    const take = () => {
      const item = line.next();
      if (item === undefined) return assert.equal(length, 0);
      assert.equal(waiting.get(item.flow)?.shift(), item.order);
      length--;
      total -= item.bytes;
      assert.deepEqual([line.length, line.bytes], [length, total]);
    };
    steps.forEach((one, order) => {
      if (one === undefined) return take();
      waiting.set(one.flow, [...waiting.get(one.flow) ?? [], order]);
      line.add({ ...one, order }, one.bytes, line.placeOf(one.flow));
      length++;
      total += one.bytes;
    });
    while (length > 0) take();
    assert.deepEqual([line.next(), line.flows, line.bytes], [undefined, 0, 0]);
  }));
});

Deno.test("flows get the same bytes, whatever the sizes of their packets and however much of them waits", () => {
  const line = new FairLine<number>();
  const sizes = [1500, 500, 64, 1400];
  sizes.forEach((bytes, flow) => {
    for (let added = 0; added < (flow + 1) * 1e6; added += bytes) line.add(flow, bytes, line.placeOf(flow));
  });
  const got = [0, 0, 0, 0];
  for (let gone = 0; gone < 2e6;) {
    const flow = line.next();
    assert(flow !== undefined);
    got[flow] += sizes[flow];
    gone += sizes[flow];
  }
  for (const bytes of got) assert(Math.abs(bytes - 5e5) < 3000, String(got));
});

Deno.test("a flow of which nothing waited goes before those of which much does, but not again and again", () => {
  const line = new FairLine<string>();
  const add = (item: string, flow: number) => line.add(item, 1500, line.placeOf(flow));
  for (let count = 0; count < 100; count++) for (const flow of [1, 2]) add("bulk", flow);
  for (let count = 0; count < 10; count++) line.next();
  add("rare", 3);
  assert.equal(line.next(), "rare");
  const came = Array.from({ length: 60 }, () => {
    add("rare", 3);
    return line.next();
  });
  assert(came.filter((item) => item === "rare").length <= 21, String(came));
});

Deno.test("hundreds of flows do not share places", () => {
  const line = new FairLine<number>();
  const places = new Set<number>();
  for (let flow = 0; flow < 256; flow++) {
    const place = line.placeOf(Math.imul(flow, 0x2545f491));
    line.add(flow, 100, place);
    places.add(place);
  }
  assert.deepEqual([places.size, line.flows], [256, 256]);
});
