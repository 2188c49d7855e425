/**
 * Datagrams of layers over UDP in words.
 *
 * @module
 */
import { ProtocolError } from "../../core/contract/errors.ts";
import type { PacketFormats } from "../../core/contract/formats.ts";
import { messageText } from "../../core/ipcp/shim/message_text.ts";
import { decodeUdpManagement, UDP_EID_BYTES } from "./udp_management.ts";

/** The datagrams of udp4 and udp6. */
export const udpFormats: PacketFormats = {
  describe(place, datagram, inner) {
    if (place !== "udp") return undefined;
    if (datagram.length < UDP_EID_BYTES) throw new ProtocolError("a datagram without endpoint id");
    const eid = new DataView(datagram.buffer, datagram.byteOffset, datagram.length).getUint32(0);
    if (eid === 0) return messageText(decodeUdpManagement(datagram));
    return `EID ${eid}, ${inner.flow(eid, datagram.subarray(UDP_EID_BYTES))}`;
  },
};
