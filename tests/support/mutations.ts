/**
 * Damaged copies of messages, for tests that no bytes make a codec throw anything but its own error.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../core/contract/errors.ts";

/** A change to some bytes, as data, so that a failing one can be shown and shrunk. */
type Mutation =
  | { readonly kind: "set"; readonly at: number; readonly byte: number }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "insert"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "remove"; readonly at: number; readonly count: number }
  | { readonly kind: "cut"; readonly at: number };

const at = fc.double({ min: 0, max: 1, noNaN: true });

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), at, byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("flip" as const), at, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant("insert" as const), at, bytes: fc.uint8Array({ maxLength: 12 }) }),
  fc.record({ kind: fc.constant("remove" as const), at, count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ kind: fc.constant("cut" as const), at }),
);

function apply(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.at * bytes.length);
  switch (change.kind) {
    case "set":
      return bytes.map((byte, index) => index === at ? change.byte : byte);
    case "flip":
      return bytes.map((byte, index) => index === at ? byte ^ (1 << change.bit) : byte);
    case "insert":
      return Uint8Array.from([...bytes.subarray(0, at), ...change.bytes, ...bytes.subarray(at)]);
    case "remove":
      return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + change.count)]);
    case "cut":
      return bytes.slice(0, at);
  }
}

/** One of the messages with one to four changes. */
export function mutated(messages: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.constantFrom(...messages), fc.array(mutation, { minLength: 1, maxLength: 4 })).map(
    ([message, changes]) => changes.reduce(apply, message),
  );
}

/**
 * Checks that damaged messages decode to something that encodes and decodes to the same again, or give a
 * {@link ProtocolError}; and that of either there is some.
 */
export function checkMutations<T>(
  messages: readonly Uint8Array[],
  decode: (bytes: Uint8Array) => T,
  encode: (message: T) => Uint8Array,
  runs = 500,
): void {
  let decoded = 0;
  let refused = 0;
  fc.assert(
    fc.property(mutated(messages), (bytes) => {
      let message: T;
      try {
        message = decode(bytes);
      } catch (error) {
        assert(error instanceof ProtocolError, String(error));
        refused += 1;
        return;
      }
      decoded += 1;
      assert.deepEqual(decode(encode(message)), message);
    }),
    // The same changes each time: whether some decode and some do not must not be luck.
    { numRuns: runs, seed: 7 },
  );
  assert(decoded > 0 && refused > 0, `${decoded} mutated messages decoded, ${refused} were refused`);
}
