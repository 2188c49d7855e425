/** Packets are those that a system makes, but for what it does not show. @module */
import assert from "node:assert/strict";
import { recorded } from "../../../tests/support/pcap.ts";
import { udpDatagrams } from "../../../tests/support/udp_datagrams.ts";
import type { UdpEndpoint } from "../../contract/network.ts";
import { udpPacket } from "./ip_packet.ts";

for (const name of ["udp4", "udp4-sentinel", "udp6", "udp6-sentinel"]) {
  Deno.test(`recorded packets of ${name} are made again`, () => {
    const frames = recorded(name);
    const datagrams = udpDatagrams(frames);
    assert(datagrams.length >= 8);
    for (const { frame, from, to, payload } of datagrams) {
      const made = udpPacket(
        from as UdpEndpoint,
        to as UdpEndpoint,
        payload.subarray(0, 3),
        payload.subarray(3),
      );
      const real = frames[frame - 1].bytes.slice(14);
      assert.equal(made.length, real.length);
      // Identification, and the checksum over it; the flow label.
      const unknown = real[0] >> 4 === 4 ? [4, 5, 10, 11] : [1, 2, 3];
      for (const at of unknown) real[at] = made[at];
      assert.equal(made.toHex(), real.toHex(), `${name} frame ${frame}`);
    }
  });
}

Deno.test("the checksum of an IPv4 header holds, whatever its addresses", () => {
  for (let last = 0; last < 256; last++) {
    const end = Uint8Array.of(10, 255, 3, last, 0x0d, 0x6b) as UdpEndpoint;
    const view = new DataView(udpPacket(end, end, new Uint8Array(last)).buffer);
    let sum = 0;
    for (let at = 0; at < 20; at += 2) sum += view.getUint16(at);
    assert.equal((sum & 0xffff) + (sum >>> 16), 0xffff);
  }
});
