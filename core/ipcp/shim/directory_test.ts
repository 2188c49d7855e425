/** Tests of the directory of legacy networks. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { nameHash } from "../../contract/ids.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { ShimDirectory } from "./directory.ts";

const hash = (number: number) => nameHash(number.toString(16).padStart(8, "0"));
const peer = (number: number) => Uint8Array.of(number >> 8, number);

Deno.test("peers of a hash keep the order in which they were heard of; a removed one is gone", () => {
  const directory = new ShimDirectory<Uint8Array>(new VirtualTime());
  for (const number of [1, 2, 3, 1]) directory.add(hash(1), peer(number));
  assert.deepEqual(directory.find(hash(1)), [peer(1), peer(2), peer(3)]);
  directory.remove(hash(1), peer(1));
  directory.remove(hash(1), peer(9));
  assert.deepEqual(directory.find(hash(1)), [peer(2), peer(3)]);
});

Deno.test("an entry that is proved again lives on", () => {
  const time = new VirtualTime();
  const directory = new ShimDirectory<Uint8Array>(time);
  directory.add(hash(1), peer(1));
  directory.add(hash(2), peer(1));
  time.advance(40_000);
  directory.add(hash(1), peer(1));
  time.advance(40_000);
  assert.deepEqual([directory.find(hash(1)), directory.find(hash(2))], [[peer(1)], []]);
});

Deno.test("nobody gets more than a share", () => {
  const directory = new ShimDirectory<Uint8Array>(new VirtualTime());
  const entries = () => directory.stats().entries;
  for (let number = 0; number < 2000; number++) directory.add(hash(number), peer(1));
  assert.equal(entries(), 1024);
  for (let number = 0; number < 100; number++) directory.add(hash(3000), peer(number));
  assert.equal(directory.find(hash(3000)).length, 4);
  for (let number = 0; number < 10_000; number++) directory.add(hash(5000 + number), peer(number % 600));
  assert.equal(entries(), 4096);
});

Deno.test("its counts stay right, whatever is done", () => {
  const step = fc.record({
    what: fc.constantFrom("add", "remove", "wait"),
    hash: fc.nat(5),
    peer: fc.nat(5),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const time = new VirtualTime();
      const directory = new ShimDirectory<Uint8Array>(time);
      for (const { what, hash: name, peer: from } of steps) {
        if (what === "add") directory.add(hash(name), peer(from));
        else if (what === "remove") directory.remove(hash(name), peer(from));
        else time.advance(10_000);
      }
      const found = Array.from({ length: 6 }, (_, name) => directory.find(hash(name)).length);
      assert.equal(directory.stats().entries, found.reduce((a, b) => a + b));
      time.advance(60_000);
      assert.equal(directory.stats().entries, 0);
    }),
    { numRuns: 100 },
  );
});
