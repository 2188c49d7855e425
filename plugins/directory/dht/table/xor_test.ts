/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SeededRandom } from "../../../../core/kit/seeded_random.ts";
import { compareDistance, randomIdSharing, sharedBits } from "./xor.ts";

const id = fc.uint8Array({ minLength: 28, maxLength: 28 });
const number = (bytes: Uint8Array): bigint => BigInt(`0x${bytes.toHex()}`);

Deno.test("property: distances compare as whole numbers, to the last byte", () => {
  fc.assert(fc.property(id, id, id, fc.boolean(), (key, a, b, near) => {
    if (near) b = Uint8Array.from([...a.subarray(0, 27), b[27]]);
    const [toA, toB] = [number(a) ^ number(key), number(b) ^ number(key)];
    const expected = toA < toB ? -1 : toA > toB ? 1 : 0;
    assert.equal(Math.sign(compareDistance(key, a, b)), expected);
  }));
});

Deno.test("property: a random id shares as many bits as it should", () => {
  const random = new SeededRandom(1);
  fc.assert(fc.property(id, fc.nat(28 * 8 - 1), (own, shared) => {
    assert.equal(sharedBits(own, randomIdSharing(own, shared, random)), shared);
  }));
  const own = new Uint8Array(28);
  assert.equal(sharedBits(own, own), 28 * 8);
});
