/**
 * The conformance suite of hash functions.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Plugin } from "../contract/plugin.ts";
import type { HashFunction } from "../contract/policies/small_policies.ts";
import { fc } from "./property.ts";
import { type Check, declarationChecks, instanceOf, type Needs, registerChecks } from "./suite.ts";

/** Registers tests that prove a plugin of kind `hash`. */
export function conformHash(plugin: Plugin<"hash">, needs?: Needs): void {
  registerChecks(plugin, hashChecks(plugin, needs));
}

/** What a plugin of kind `hash` must do. */
export function hashChecks(plugin: Plugin<"hash">, needs: Needs = {}): Check[] {
  const make = (): HashFunction => instanceOf(plugin, needs);
  return [
    ...declarationChecks(plugin, needs.options),
    {
      name: "every digest has the length that it says",
      run: () => {
        const hash = make();
        fc.assert(fc.property(fc.uint8Array({ maxLength: 300, size: "max" }), (bytes) => {
          assert.equal(hash.digest(bytes).length, hash.length);
        }));
      },
    },
    {
      name: "equal bytes have equal digests, in every instance and in any order",
      run: () => {
        const [one, other] = [make(), make()];
        fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
          const digest = one.digest(a);
          other.digest(b);
          assert.deepEqual(other.digest(a.slice()), digest);
        }));
      },
    },
    {
      name: "a digest is the caller's own and the bytes stay as they are",
      run: () => {
        const hash = make();
        const bytes = Uint8Array.of(1, 2, 3);
        const digest = hash.digest(bytes);
        const before = digest.slice();
        digest.forEach((byte, index) => digest[index] = byte ^ 0xff);
        assert.deepEqual(hash.digest(bytes), before);
        assert.deepEqual(bytes, Uint8Array.of(1, 2, 3));
      },
    },
    {
      name: "a part of a buffer is hashed as what it is",
      run: () => {
        const hash = make();
        assert.deepEqual(
          hash.digest(Uint8Array.of(9, 1, 2, 9).subarray(1, 3)),
          hash.digest(Uint8Array.of(1, 2)),
        );
      },
    },
    {
      name: "names have different digests",
      run: () => {
        const hash = make();
        const digests = new Set<string>();
        for (let i = 0; i < 1000; i++) {
          digests.add(hash.digest(new TextEncoder().encode(`name.${i}`)).toHex());
        }
        assert.equal(digests.size, 1000);
      },
    },
  ];
}
