/**
 * Captures that tests make themselves.
 *
 * @module
 */
import { type LinkType, MAX_SNAP_LENGTH, pcapHeader, pcapRecord } from "../../core/wire/capture/pcap.ts";
import { dissect, type Dissected, type DissectOptions } from "./tshark.ts";

/** A packet: its bytes, and how long it was before it was cut. */
export type Made = Uint8Array | { readonly bytes: Uint8Array; readonly length: number };

/** What the dissector shows of these packets; one a second. */
export function dissectMade(
  linkType: LinkType,
  packets: readonly Made[],
  options?: DissectOptions,
): Dissected[] {
  const path = Deno.makeTempFileSync({ prefix: "ouro-", suffix: ".pcap" });
  try {
    const records = packets.map((packet, index) => {
      const { bytes, length } = packet instanceof Uint8Array
        ? { bytes: packet, length: packet.length }
        : packet;
      return pcapRecord(index * 1000, bytes, length);
    });
    using file = Deno.openSync(path, { write: true });
    for (const part of [pcapHeader(linkType, MAX_SNAP_LENGTH), ...records]) file.writeSync(part);
    return dissect(path, options);
  } finally {
    Deno.removeSync(path);
  }
}
