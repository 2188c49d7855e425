/**
 * Data transfer packets of unicast layers: in words, and what they are for.
 *
 * @module
 */
import type { InnerPackets, PacketFormats, TransferHeader } from "../../../core/contract/formats.ts";
import { addressText } from "../../../core/contract/ids.ts";
import * as header from "./data_transfer_header.ts";
import { decodeFlowAllocationMessage, type EndpointId } from "./flow_allocation_message.ts";

/** The packets of data transfer. */
export const unicastFormats: PacketFormats = {
  describe: (place, packet, inner) => place === "transfer" ? transferText(packet, inner) : undefined,
  transferHeader(packet) {
    if (packet.length < header.DATA_TRANSFER_HEADER_BYTES) return undefined;
    return { purpose: purposeOf(packet), hopsLeft: header.headerTtl(packet) };
  },
};

function purposeOf(packet: Uint8Array): TransferHeader["purpose"] {
  if (header.headerEidHigh(packet) !== 0) return "data";
  const eid = header.headerEidLow(packet);
  if (eid === header.FLOW_ALLOCATOR_EID) return "allocation";
  return eid === header.DIRECTORY_EID ? "directory" : "data";
}

const eidText = ({ high, low }: EndpointId) =>
  [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");

function transferText(packet: Uint8Array, inner: InnerPackets): string {
  header.checkDataTransferHeader(packet);
  const eid = { high: header.headerEidHigh(packet), low: header.headerEidLow(packet) };
  const payload = packet.subarray(header.DATA_TRANSFER_HEADER_BYTES);
  const to = `to ${addressText(header.headerDestination(packet))}`;
  if (eid.high !== 0 || eid.low >= header.FIRST_FLOW_EID) return `${to}, data for EID ${eidText(eid)}`;
  switch (eid.low) {
    case header.FLOW_ALLOCATOR_EID:
      return `${to}, ${allocationText(payload)}`;
    case header.DIRECTORY_EID:
      return `${to}, ${inner.directory(payload)}`;
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
    case "check":
      return `check of EID ${eidText(message.remoteEid)}, from EID ${eidText(message.sourceEid)}`;
    case "part":
      return `part of a packet for EID ${
        eidText(message.remoteEid)
      }, from byte ${message.offset} of ${message.total}`;
  }
}
