/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { address } from "../../../../core/contract/ids.ts";
import { SeededRandom } from "../../../../core/kit/seeded_random.ts";
import { ANSWERED, BucketTable, HEARD, MENTIONED } from "./bucket_table.ts";
import { OWN } from "../../../testing/dht.ts";
import { compareDistance, sharedBits } from "./xor.ts";

const K = 3;
const own = { id: new Uint8Array(32), address: OWN };
/** In bucket 0: nodes whose id begins with 1. */
const far = (number: number) => ({ id: new Uint8Array(32).fill(0x80 + number), address: address(number) });
const addresses = (table: BucketTable) => [...table.contacts()].map((contact) => Number(contact.address));

function full(): BucketTable {
  const table = new BucketTable(own, K);
  for (const number of [1, 2, 3]) assert.equal(table.note(far(number), HEARD, 0).fresh?.address, number);
  return table;
}

Deno.test("property: the nearest contacts are those that a full search finds", () => {
  fc.assert(fc.property(fc.nat(), fc.nat(60), fc.integer({ min: 1, max: 20 }), (seed, size, count) => {
    const random = new SeededRandom(seed);
    const table = new BucketTable({ id: random.bytes(32), address: OWN }, 1000);
    const contacts = Array.from(
      { length: size },
      (_, n) => ({ id: random.bytes(32), address: address(n + 1) }),
    );
    for (const contact of contacts) table.note(contact, HEARD, 0);
    for (const key of [random.bytes(32), contacts[0]?.id ?? own.id]) {
      const expected = contacts.toSorted((a, b) => compareDistance(key, a.id, b.id)).slice(0, count);
      assert.deepEqual(
        table.closest(key, count).map((one) => one.address),
        expected.map((one) => one.address),
      );
    }
  }));
});

Deno.test("property: a bucket has at most k contacts, of its range, each address and id once", () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.nat(255), fc.nat(9), fc.constantFrom(MENTIONED, HEARD, ANSWERED), fc.boolean())),
    (events) => {
      const table = new BucketTable(own, K);
      for (const [id, from, standing, fails] of events) {
        const contact = { id: new Uint8Array(32).fill(id), address: address(from + 1) };
        table.note(contact, standing, 0);
        if (fails) table.failed(contact.address);
      }
      const all = [...table.buckets()].flatMap(({ shared, contacts }) => {
        assert(contacts.length <= K);
        for (const { id } of contacts) assert.equal(sharedBits(own.id, id), shared);
        return contacts;
      });
      assert.equal(all.length, table.size);
      assert.equal(new Set(all.map((one) => one.address)).size, all.length);
      assert.equal(new Set(all.map((one) => one.id.toHex())).size, all.length);
      assert(all.every((one) => one.address !== OWN && sharedBits(one.id, own.id) < 256));
    },
  ));
});

Deno.test("a full bucket keeps who is there, and asks for the one not seen longest", () => {
  const table = full();
  table.note(far(1), HEARD, 5);
  assert.equal(table.note(far(4), HEARD, 6).probe?.address, 2);
  assert.deepEqual(addresses(table), [1, 2, 3]);
  table.failed(far(2).address);
  assert.deepEqual(addresses(table).sort(), [1, 3, 4]);
});

Deno.test("a contact goes when it has not answered twice in a row", () => {
  const table = full();
  table.failed(far(1).address);
  table.note(far(1), ANSWERED, 1);
  table.failed(far(1).address);
  assert.equal(table.size, 3);
  table.failed(far(1).address);
  assert.deepEqual(addresses(table), [2, 3]);
});

Deno.test("one that was only mentioned gives way to one that was heard, and goes at its first failure", () => {
  const table = new BucketTable(own, K);
  for (const number of [1, 2, 3]) assert.equal(table.note(far(number), MENTIONED, 0).fresh, undefined);
  assert.equal(table.note(far(4), HEARD, 0).fresh?.address, 4);
  assert.equal(table.note(far(5), MENTIONED, 0).fresh, undefined);
  assert.deepEqual(addresses(table), [2, 3, 4]);
  table.failed(far(2).address);
  assert.deepEqual(addresses(table), [3, 4]);
  assert.equal(table.note(far(3), HEARD, 0).fresh?.address, 3);
});

Deno.test("a message that anybody may have sent displaces nobody; an answer does", () => {
  const table = new BucketTable(own, K);
  table.note(far(1), ANSWERED, 0);
  const restarted = { ...far(7), address: far(1).address };
  const moved = { ...far(1), address: address(9) };
  for (const forged of [restarted, moved]) table.note(forged, HEARD, 0);
  assert.deepEqual(table.get(far(1).address)?.id, far(1).id);
  assert.equal(table.size, 1);
  table.note(restarted, ANSWERED, 0);
  assert.deepEqual(table.get(far(1).address)?.id, far(7).id);
  assert.equal(table.size, 1);
});
