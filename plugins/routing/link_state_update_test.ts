import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../core/contract/errors.ts";
import { address } from "../../core/contract/ids.ts";
import { decodeLinkStateUpdate, encodeLinkStateUpdate } from "./link_state_update.ts";

const RECORDED = "0000000069fd8023000000009c8aa44d0000000000000001";

const updates = fc.record({
  destination: fc.integer({ min: 0, max: 0xffffffff }).map(address),
  source: fc.integer({ min: 0, max: 0xffffffff }).map(address),
  sequence: fc.maxSafeNat(),
}, { noNullPrototype: true });

Deno.test("a recorded update is read and written as it was", () => {
  const update = decodeLinkStateUpdate(Uint8Array.fromHex(RECORDED));
  assert.deepEqual(update, { destination: 0x69fd8023, source: 0x9c8aa44d, sequence: 1 });
  assert.equal(encodeLinkStateUpdate(update).toHex(), RECORDED);
});

Deno.test("any update survives the way", () => {
  fc.assert(fc.property(updates, (update) => {
    assert.deepEqual(decodeLinkStateUpdate(encodeLinkStateUpdate(update)), update);
  }));
});

Deno.test("wrong lengths, wide addresses and wide sequence numbers are refused", () => {
  const bytes = Uint8Array.fromHex(RECORDED);
  const faults = [bytes.subarray(1), new Uint8Array(25), new Uint8Array(0)];
  for (const [at, value] of [[3, 1], [8, 0x80], [16, 1], [17, 0x20]]) {
    const fault = bytes.slice();
    fault[at] = value;
    faults.push(fault);
  }
  for (const fault of faults) assert.throws(() => decodeLinkStateUpdate(fault), ProtocolError);
});

Deno.test("a changed update is another update or a ProtocolError", () => {
  fc.assert(fc.property(updates, fc.nat(23), fc.nat(255), (update, at, value) => {
    const bytes = encodeLinkStateUpdate(update);
    bytes[at] = value;
    try {
      assert.deepEqual(encodeLinkStateUpdate(decodeLinkStateUpdate(bytes)), bytes);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
    }
  }));
});
