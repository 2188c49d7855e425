/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { lowerPackets } from "../../tests/support/lower_packets.ts";
import { checkMutations } from "../../tests/support/mutations.ts";
import { recorded } from "../../tests/support/pcap.ts";
import { checksum, decodePci, encodePci, FLAG, PCI_BYTES, plainChecksum } from "./frct_header.ts";

/** Recorded flows with FRCT that are not encrypted, and their PDUs that are not empty. */
const CAPTURES: readonly (readonly [string, number])[] = [
  ["frct-data", 9],
  ["frct-best", 9],
  ["frct-lossy", 148],
  ["frct-rdv", 276],
  ["frct-crc", 15],
  ["frct-quirk-early-ack", 4],
  ["frct-quirk-zero-window", 4],
  ["frct-quirk-oneway-stall", 65],
  ["frct-drf-ack-workaround", 4],
];

/** Every combination of flags that the reference was seen to send; 0x0e is that of the peer that tested it. */
const SEEN = [0x01, 0x03, 0x04, 0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10];

const pdus = (name: string) =>
  lowerPackets(recorded(name)).filter(({ eid }) => eid !== 0).map(({ sdu }) => sdu);
const all = CAPTURES.flatMap(([name]) => pdus(name));

for (const [name, count] of CAPTURES) {
  Deno.test(`pci: ${name}: ${count} headers decode and encode to the same bytes`, () => {
    const found = pdus(name);
    assert.equal(found.length, count);
    for (const pdu of found) {
      const pci = decodePci(pdu);
      assert.equal(encodePci(pci).toHex(), pdu.subarray(0, PCI_BYTES).toHex());
      assert(SEEN.includes(pci.flags), pci.flags.toString(16));
      if ((pci.flags & FLAG.data) === 0) assert.equal(pdu.length, PCI_BYTES);
    }
  });
}

Deno.test("pci: the recorded checksums are right, but for bare PDUs and retransmissions, which have none", () => {
  const rightOnes = (crc32: typeof plainChecksum) =>
    pdus("frct-crc").map((pdu) => {
      const end = pdu.length - 4;
      return crc32(pdu.subarray(0, end)) === new DataView(pdu.buffer, pdu.byteOffset).getUint32(end);
    });
  const expected = pdus("frct-crc").map((pdu) => pdu.length === 56);
  assert.deepEqual(rightOnes(checksum()), expected);
  assert.deepEqual(rightOnes(plainChecksum), expected);
});

Deno.test("pci: both checksums are the same, in pieces too", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (bytes, at) => {
    const [first, second] = [bytes.subarray(0, at), bytes.subarray(at)];
    assert.equal(plainChecksum(second, plainChecksum(first)), plainChecksum(bytes));
    assert.equal(checksum()(second, checksum()(first)), plainChecksum(bytes));
  }));
});

Deno.test("pci: any header decodes to what was encoded", () => {
  const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
  const any = fc.record({ flags: uint(8), window: uint(24), seqno: uint(32), ackno: uint(32) });
  fc.assert(fc.property(any, (pci) => assert.deepEqual(decodePci(encodePci(pci)), { ...pci })));
});

Deno.test("pci: damaged headers decode or give a ProtocolError", () => {
  checkMutations(all.map((pdu) => pdu.subarray(0, PCI_BYTES)), decodePci, encodePci);
});
