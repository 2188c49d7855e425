import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../../core/contract/errors.ts";
import {
  checkDataTransferHeader,
  DATA_TRANSFER_HEADER_BYTES,
  headerCube,
  headerDestination,
  headerEcn,
  headerEidHigh,
  headerEidLow,
  headerTtl,
  markHeaderEcn,
  setHeaderTtl,
  writeDataTransferHeader,
} from "./data_transfer_header.ts";

const RECORDED = "d609a04e003c004200000073a638b4";

const word = fc.integer({ min: 0, max: 0xffffffff });
const byte = fc.nat(255);

Deno.test("a recorded header is read and written as it was", () => {
  const packet = Uint8Array.fromHex(RECORDED);
  checkDataTransferHeader(packet);
  assert.equal(headerDestination(packet), 0x4ea009d6);
  assert.deepEqual([headerCube(packet), headerTtl(packet), headerEcn(packet)], [0, 60, 0]);
  assert.deepEqual([headerEidHigh(packet), headerEidLow(packet)], [0xb438a673, 0x42]);
  const written = new Uint8Array(DATA_TRANSFER_HEADER_BYTES);
  writeDataTransferHeader(written, 0x4ea009d6, 0, 60, 0, 0xb438a673, 0x42);
  assert.equal(written.toHex(), RECORDED);
});

Deno.test("any header survives the way, at any offset of a buffer, and nothing behind it is touched", () => {
  const cube = fc.constantFrom(0 as const, 1 as const, 2 as const);
  fc.assert(fc.property(word, cube, byte, byte, word, word, fc.nat(9), (dst, qc, ttl, ecn, high, low, at) => {
    const buffer = new Uint8Array(32).fill(0xee);
    const packet = buffer.subarray(at);
    writeDataTransferHeader(packet, dst, qc, ttl, ecn, high, low);
    assert.deepEqual(
      [headerDestination(packet), headerCube(packet), headerTtl(packet), headerEcn(packet)],
      [dst, qc, ttl, ecn],
    );
    assert.deepEqual([headerEidHigh(packet), headerEidLow(packet)], [high, low]);
    assert(
      buffer.every((value, index) =>
        (index >= at && index < at + DATA_TRANSFER_HEADER_BYTES) || value === 0xee
      ),
    );
  }));
});

Deno.test("a hop changes the ttl and adds to the ecn, and nothing else", () => {
  fc.assert(fc.property(fc.uint8Array({ minLength: 15, maxLength: 40 }), byte, byte, (bytes, ttl, level) => {
    const packet = bytes.slice();
    setHeaderTtl(packet, ttl);
    markHeaderEcn(packet, level);
    const expected = bytes.slice();
    expected[5] = ttl;
    expected[6] |= level;
    assert.deepEqual(packet, expected);
  }));
});

Deno.test("an unknown cube counts as best effort", () => {
  const packet = Uint8Array.fromHex(RECORDED);
  packet[4] = 3;
  assert.equal(headerCube(packet), 0);
});

Deno.test("a packet of fewer than 15 bytes is refused", () => {
  for (let length = 0; length < 15; length++) {
    assert.throws(() => checkDataTransferHeader(new Uint8Array(length)), ProtocolError);
  }
  checkDataTransferHeader(new Uint8Array(15));
});
