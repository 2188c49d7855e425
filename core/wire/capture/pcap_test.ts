/** What is written can be read. @module */
import assert from "node:assert/strict";
import { ProtocolError } from "../../contract/errors.ts";
import { readPcap } from "../../../tests/support/pcap.ts";
import { decodeCapturePacket } from "./capture_packet.ts";
import { LINK_TYPES, pcapHeader, pcapRecord } from "./pcap.ts";

Deno.test("a capture that is written is read again, times to the microsecond", () => {
  const packets = [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(1400).fill(7)];
  const start = 1795160415426.264;
  const file = [
    pcapHeader(LINK_TYPES.ethernet, 65535),
    ...packets.map((packet, index) => pcapRecord(start + index * 573.7359, packet, packet.length)),
  ];
  const frames = readPcap(Uint8Array.from(file.flatMap((part) => [...part])));
  assert.deepEqual(frames.map(({ bytes }) => bytes), packets);
  for (const [index, { time }] of frames.entries()) {
    assert(Math.abs(time * 1000 - start - index * 573.7359) < 0.001, `${time}`);
  }
});

Deno.test("a packet that is written in part says how long it was", () => {
  const record = pcapRecord(0, Uint8Array.of(1, 2), 1400);
  const view = new DataView(record.buffer);
  assert.deepEqual([view.getUint32(8, true), view.getUint32(12, true)], [2, 1400]);
});

Deno.test("a time that rounds up to the next second is written so", () => {
  const view = new DataView(pcapRecord(1999.9999, new Uint8Array(0), 0).buffer);
  assert.deepEqual([view.getUint32(0, true), view.getUint32(4, true)], [2, 0]);
});

Deno.test("headers of packets of N-1 flows of another version, direction or component are refused", () => {
  for (const bytes of ["", "01010300000000", "0201030000000041", "0102030000000041", "0101050000000041"]) {
    assert.throws(() => decodeCapturePacket(Uint8Array.fromHex(bytes)), ProtocolError);
  }
});
