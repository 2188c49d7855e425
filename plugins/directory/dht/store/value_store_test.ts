/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { address, type NameHash, nameHash } from "../../../../core/contract/ids.ts";
import { type Offer, ValueStore } from "./value_store.ts";

const hash = (number: number): NameHash => nameHash(number.toString(16).padStart(64, "0"));
const offer = (key: number, value: number, sender = value, expiry = 100): Offer => ({
  hash: hash(key),
  value: address(value),
  sender: address(sender),
  expiry,
});
const values = (store: ValueStore, key: number, now = 0) =>
  store.get(hash(key), now).map(({ value }) => value);

Deno.test("an expired value is refused, not given out, and purged", () => {
  const store = new ValueStore(10, 10);
  assert.equal(store.put(offer(1, 7, 7, 10), 11, 0), "expired");
  store.put(offer(1, 7, 7, 10), 10, 0);
  store.put(offer(1, 8, 8, 20), 10, 0);
  assert.deepEqual([values(store, 1, 10), values(store, 1, 11), store.size], [[8, 7], [8], 2]);
  store.purge(11);
  assert.equal(store.size, 1);
  store.purge(21);
  assert.deepEqual([store.size, store.keys], [0, 0]);
});

Deno.test("a value that is stored again lives longer, never shorter", () => {
  const store = new ValueStore(10, 10);
  for (const expiry of [50, 90, 20]) store.put(offer(1, 7, 7, expiry), 0, 0);
  assert.equal(store.get(hash(1), 0)[0].expiry, 90);
});

Deno.test("values that their owners stored come first, and push out others from a full key", () => {
  const store = new ValueStore(10, 2);
  store.put(offer(1, 7, 5, 90), 0, 0);
  store.put(offer(1, 8, 8, 50), 0, 0);
  assert.deepEqual(values(store, 1), [8, 7]);
  assert.equal(store.put(offer(1, 9, 5), 0, 0), "keyFull");
  assert.equal(store.put(offer(1, 9), 0, 0), undefined);
  assert.deepEqual(values(store, 1).sort(), [8, 9]);
  assert.equal(store.put(offer(1, 10), 0, 0), "keyFull");
});

Deno.test("a full store takes from who has most, for who has less", () => {
  const store = new ValueStore(6, 10);
  for (let key = 0; key < 6; key++) assert.equal(store.put(offer(key, 1), 0, 0), undefined);
  assert.equal(store.put(offer(6, 1), 0, 0), "storeFull");
  for (let key = 10; key < 20; key++) store.put(offer(key, 2), 0, 0);
  const owners = [...store.entries()].flatMap(([, held]) => held.map(({ value }) => Number(value)));
  assert.deepEqual(owners.sort(), [1, 1, 1, 2, 2, 2]);
});

Deno.test("property: counts and limits hold whatever is stored", () => {
  const step = fc.record({
    key: fc.nat(5),
    value: fc.integer({ min: 1, max: 6 }),
    sender: fc.integer({ min: 1, max: 4 }),
    expiry: fc.nat(30),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const store = new ValueStore(12, 3);
    steps.forEach(({ key, value, sender, expiry }, now) => {
      store.put(offer(key, value, sender, now + expiry - 5), now, now);
      if (now % 10 === 0) store.purge(now);
    });
    const all = [...store.entries()];
    assert.equal(store.size, all.flatMap(([, held]) => held).length);
    assert.equal(store.keys, all.length);
    assert(store.size <= 12 && all.every(([, held]) => held.length > 0 && held.length <= 3));
  }));
});
