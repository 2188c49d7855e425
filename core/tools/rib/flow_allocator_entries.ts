/**
 * `flow-allocator`: the user flows of a member, each by its fd.
 *
 * @module
 */
import type { Fields } from "../../wire/local/fields.ts";
import {
  addressOf,
  aligned,
  type Entry,
  linesText,
  numberOf,
  partOf,
  rowsOf,
  textOf,
  timeOf,
  utcText,
} from "./entry.ts";

/** What the reference calls each state of a flow under congestion control. */
const REGIMES: Readonly<Record<string, string>> = {
  "Multiplicative decrease": "Multiplicative dec",
  "Additive increase": "Additive inc",
};

const line = (label: string, value: string | number | bigint) => aligned(label, value, 33, 20);

/** Makes the entries of `flow allocator`. */
export const flowAllocatorEntries = (part: Fields): Entry[] =>
  rowsOf(part, "flows", "fd").map((row) => ({ name: String(numberOf(row, "fd")), text: textOfFlow(row) }));

function textOfFlow(row: Fields): string {
  const counters = (label: string, of: Fields) => [
    line(`${label} (packets):`, numberOf(of, "packets")),
    line(`${label} (bytes):`, numberOf(of, "bytes")),
  ];
  return linesText([
    line("Flow established at:", utcText(timeOf(row, "established"))),
    line("Remote address:", addressOf(row, "remoteAddress")),
    line("Local endpoint ID:", decimal(textOf(row, "localEid"))),
    line("Remote endpoint ID:", decimal(textOf(row, "remoteEid"))),
    ...counters("Sent", partOf(row, "sent")),
    ...counters("Send failed", partOf(row, "sendFailed")),
    ...counters("Received", partOf(row, "received")),
    ...counters("Receive failed", partOf(row, "receiveFailed")),
    line("Sent flow updates (packets):", numberOf(partOf(row, "updates"), "sent")),
    line("Received flow updates (packets):", numberOf(partOf(row, "updates"), "received")),
    ...congestionLines(partOf(row, "congestion")),
  ]);
}

/** Only one policy has something to show there. */
function congestionLines(part: Fields): string[] {
  const algorithm = textOf(part, "algorithm");
  if (!Object.hasOwn(part, "windowNs")) return [];
  const regime = textOf(part, "regime");
  return [
    line("Congestion avoidance algorithm:", algorithm),
    line("Upstream congestion level:", numberOf(part, "upstreamLevel")),
    line("Upstream packet counter:", numberOf(part, "upstreamPackets")),
    line("Downstream congestion level:", numberOf(part, "downstreamLevel")),
    line("Downstream packet counter:", numberOf(part, "downstreamPackets")),
    line("Congestion window size (ns):", numberOf(part, "windowNs")),
    line("Packets in this window:", numberOf(part, "windowPackets")),
    line("Bytes in this window:", numberOf(part, "windowBytes")),
    line("Max bytes in this window:", numberOf(part, "windowMaxBytes")),
    line("Current congestion regime:", REGIMES[regime] ?? regime),
  ];
}

/** Endpoint ids are shown in decimal, and have 64 bits. */
const decimal = (hexadecimal: string): bigint =>
  /^[0-9a-f]{1,16}$/.test(hexadecimal) ? BigInt(`0x${hexadecimal}`) : 0n;
