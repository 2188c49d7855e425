/** Tests of the link-state database against a simple model. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Lsdb } from "./lsdb.ts";
import { withdraws } from "./sequence.ts";

const addresses = fc.constantFrom(1, 2, 3, 4, 5, 0x7fffffff, 0x80000000, 0xffffffff);
const steps = fc.array(
  fc.record({
    remove: fc.boolean(),
    source: addresses,
    destination: addresses,
    sequence: fc.oneof(fc.nat(), fc.maxSafeNat()),
    pass: fc.nat(100_000),
  }),
  { maxLength: 200 },
);

interface Entry {
  readonly sequence: number;
  readonly stamp: number;
}

const keyOf = (source: number, destination: number) => `${source} ${destination}`;

function check(lsdb: Lsdb, model: ReadonlyMap<string, Entry>, now: number): void {
  const found = new Map<string, number>();
  for (let slot = 0; slot < lsdb.bound; slot++) {
    if (lsdb.used(slot)) found.set(keyOf(lsdb.source(slot), lsdb.destination(slot)), slot);
  }
  assert.deepEqual([...found.keys()].sort(), [...model.keys()].sort());
  assert.equal(lsdb.size, model.size);
  const named = new Set<number>();
  for (const [key, { sequence, stamp }] of model) {
    const [source, destination] = key.split(" ").map(Number);
    const slot = lsdb.find(source, destination);
    assert.equal(slot, found.get(key));
    for (const guess of [-1, slot, slot ^ 1, 0, lsdb.bound]) {
      assert.equal(lsdb.find(source, destination, guess), slot);
    }
    assert.equal(lsdb.sequence(slot), sequence);
    assert(Math.abs(lsdb.age(slot, now) - (now - stamp)) <= 10);
    const reverse = model.get(keyOf(destination, source));
    assert.equal(lsdb.announced(slot), !withdraws(sequence));
    assert.equal(
      lsdb.twoWay(slot),
      !withdraws(sequence) && reverse !== undefined && !withdraws(reverse.sequence),
    );
    assert.equal(lsdb.vertices.address(lsdb.sourceVertex(slot)), source);
    assert.equal(lsdb.vertices.address(lsdb.destinationVertex(slot)), destination);
    named.add(source).add(destination);
  }
  for (const one of named) assert.equal(lsdb.vertices.address(lsdb.vertices.find(one)), one);
  assert.equal(lsdb.vertices.count, named.size);
}

Deno.test("it holds what a map would hold", () => {
  fc.assert(fc.property(steps, fc.integer(), (list, seed) => {
    const lsdb = new Lsdb(seed);
    const model = new Map<string, Entry>();
    let now = 0;
    for (const { remove, source, destination, sequence, pass } of list) {
      now += pass;
      if (source === destination) continue;
      const key = keyOf(source, destination);
      const slot = lsdb.find(source, destination);
      assert.equal(slot >= 0, model.has(key));
      if (remove) {
        if (slot >= 0) lsdb.remove(slot);
        model.delete(key);
      } else {
        if (slot < 0) {
          assert.equal(lsdb.insert(source, destination, sequence, now), lsdb.find(source, destination));
        } else lsdb.refresh(slot, sequence, now);
        model.set(key, { sequence, stamp: now });
      }
      check(lsdb, model, now);
    }
  }));
});

Deno.test("thousands of entries come and go", () => {
  const lsdb = new Lsdb(7);
  for (let round = 0; round < 3; round++) {
    for (let one = 1; one <= 3000; one++) lsdb.insert(one, one + 1, round, 0);
    for (let one = 1; one <= 3000; one++) assert.equal(lsdb.sequence(lsdb.find(one, one + 1)), round);
    assert.equal(lsdb.find(5, 7), -1);
    for (let one = 1; one <= 3000; one++) lsdb.remove(lsdb.find(one, one + 1));
    assert.deepEqual([lsdb.size, lsdb.vertices.count], [0, 0]);
  }
  assert(lsdb.bound <= 2 * 3000, "slots are used again");
});

Deno.test("an age is right after months", () => {
  const lsdb = new Lsdb(0);
  const month = 30 * 24 * 3600 * 1000;
  const slot = lsdb.insert(1, 2, 0, 20 * month + 123);
  assert.equal(lsdb.age(slot, 20 * month + 60_123), 60_000);
});
