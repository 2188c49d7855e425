/**
 * Frames of layers on Ethernet in words.
 *
 * @module
 */
import type { PacketFormats } from "../../core/contract/formats.ts";
import { messageText } from "../../core/ipcp/shim/message_text.ts";
import * as ethernet from "../../core/wire/ethernet_frame.ts";
import { decodeEthernetManagement, DIX_MANAGEMENT, LLC_MANAGEMENT } from "./ethernet_management.ts";

/** The shortest hash that a layer may have: how long it really is, no message says. */
const HASH_BYTES = 28;
/** Lower numbers in the place of the Ethertype are lengths. */
const LENGTHS_END = 0x600;

const hasLength = (frame: Uint8Array): boolean => ethernet.etherType(frame) < LENGTHS_END;

/** The frames of eth-dix: all that have an Ethertype. */
export const ethDixFormats: PacketFormats = {
  describe(place, frame, inner) {
    if (place !== "ethernet" || hasLength(frame)) return undefined;
    ethernet.checkDixFrame(frame);
    const eid = ethernet.dixEid(frame), payload = ethernet.dixPayload(frame);
    if (eid === ethernet.MANAGEMENT_EID) {
      return messageText(decodeEthernetManagement(DIX_MANAGEMENT, payload, HASH_BYTES));
    }
    return `EID ${eid}, ${inner.flow(eid, payload)}`;
  },
};

/** The frames of eth-llc: all that have a length. */
export const ethLlcFormats: PacketFormats = {
  describe(place, frame, inner) {
    if (place !== "ethernet" || !hasLength(frame)) return undefined;
    if (!ethernet.isLlcFrame(frame)) ethernet.checkLlcFrame(frame);
    const sap = ethernet.llcTo(frame), payload = ethernet.llcPayload(frame);
    if (sap === ethernet.MANAGEMENT_SAP) {
      return messageText(decodeEthernetManagement(LLC_MANAGEMENT, payload, HASH_BYTES));
    }
    return `SAP ${sap}, ${inner.flow(sap, payload)}`;
  },
};
