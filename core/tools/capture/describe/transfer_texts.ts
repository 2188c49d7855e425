/**
 * Data transfer packets of unicast layers, in words.
 *
 * @module
 */
import { ProtocolError } from "../../../contract/errors.ts";
import * as header from "../../../wire/data_transfer_header.ts";
import { decodeDht, type DhtMessage } from "../../../wire/dht_message.ts";
import { decodeFlowAllocationMessage, type EndpointId } from "../../../wire/flow_allocation_message.ts";

/** Lengths that hashes may have: which it is, no message says. */
const HASH_BYTES = [32, 28, 48, 64];

/** An address as logs of the reference show it: its four bytes from the lowest on. */
export const addressText = (address: number): string =>
  [0, 8, 16, 24].map((shift) => (address >>> shift & 0xff).toString(16).padStart(2, "0")).join(".");

const eidText = ({ high, low }: EndpointId) =>
  [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");

/** A packet. @throws ProtocolError when it is malformed */
export function transferText(packet: Uint8Array): string {
  header.checkDataTransferHeader(packet);
  const eid = { high: header.headerEidHigh(packet), low: header.headerEidLow(packet) };
  const payload = packet.subarray(header.DATA_TRANSFER_HEADER_BYTES);
  const to = `to ${addressText(header.headerDestination(packet))}`;
  if (eid.high !== 0 || eid.low >= header.FIRST_FLOW_EID) return `${to}, data for EID ${eidText(eid)}`;
  switch (eid.low) {
    case header.FLOW_ALLOCATOR_EID:
      return `${to}, ${allocationText(payload)}`;
    case header.DIRECTORY_EID:
      return `${to}, ${directoryText(payload)}`;
    default:
      return `${to}, data for component ${eid.low}`;
  }
}

function allocationText(bytes: Uint8Array): string {
  // What is shown stands in front of the hash.
  const message = decodeFlowAllocationMessage(bytes, 0);
  switch (message.kind) {
    case "request":
      return `flow request from EID ${eidText(message.sourceEid)}`;
    case "reply":
      return message.response === 0
        ? `flow reply to EID ${eidText(message.remoteEid)}: accepted, EID ${eidText(message.sourceEid)}`
        : `flow reply to EID ${eidText(message.remoteEid)}: refused, ${message.response}`;
    case "update":
      return `congestion ${message.level} of EID ${eidText(message.remoteEid)}`;
    case "deallocate":
      return `deallocation, to EID ${eidText(message.remoteEid)}`;
    case "probe":
      return "probe";
    case "probe answer":
      return `answer to a probe of ${message.size} bytes`;
  }
}

const DIRECTORY: Readonly<Record<DhtMessage["type"], string>> = {
  store: "store",
  findNode: "find node",
  findNodeReply: "find node reply",
  findValue: "find value",
  findValueReply: "find value reply",
};

function directoryText(bytes: Uint8Array): string {
  let fault: unknown;
  for (const length of HASH_BYTES) {
    try {
      const { type, key } = decodeDht(bytes, length);
      return `directory: ${DIRECTORY[type]} ${key.subarray(0, 4).toHex()}…`;
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      fault ??= thrown;
    }
  }
  throw fault;
}
