/** @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { joinBytes, NO_BYTES, sameBytes } from "./bytes.ts";

const arrays = fc.uint8Array({ maxLength: 20 });

Deno.test("property: arrays are the same when their lengths and all their bytes are", () => {
  fc.assert(fc.property(arrays, arrays, fc.nat(19), (a, b, at) => {
    assert(sameBytes(a, a.slice()));
    assert.equal(sameBytes(a, b), a.toHex() === b.toHex());
    if (at >= a.length) return;
    const other = a.slice();
    other[at] ^= 1;
    assert(!sameBytes(a, other));
  }));
});

Deno.test("property: what is joined stands in order, in an array of its own", () => {
  fc.assert(fc.property(fc.array(arrays, { maxLength: 5 }), (parts) => {
    const joined = joinBytes(...parts);
    assert.equal(joined.toHex(), parts.map((part) => part.toHex()).join(""));
    assert(parts.every((part) => part.buffer !== joined.buffer));
  }));
  assert.deepEqual(joinBytes(), NO_BYTES);
});
