/**
 * Datagrams of layers over UDP in words.
 *
 * @module
 */
import { ProtocolError } from "../../core/contract/errors.ts";
import type { PacketFormats } from "../../core/contract/formats.ts";
import { shortHash } from "../../core/contract/ids.ts";
import { messageText } from "../../core/ipcp/shim/message_text.ts";
import { decodeUdpManagement, UDP_EID_BYTES, type UdpManagement } from "./udp_management.ts";

/** The datagrams of udp4 and udp6. */
export const udpFormats: PacketFormats = {
  describe(place, datagram, inner) {
    if (place !== "udp") return undefined;
    if (datagram.length < UDP_EID_BYTES) throw new ProtocolError("a datagram without endpoint id");
    const eid = new DataView(datagram.buffer, datagram.byteOffset, datagram.length).getUint32(0);
    if (eid === 0) return managementText(decodeUdpManagement(datagram));
    return `EID ${eid}, ${inner.flow(eid, datagram.subarray(UDP_EID_BYTES))}`;
  },
};

const managementText = (message: UdpManagement): string =>
  message.code === "unknown" ? `name ${shortHash(message.hash)}… is not known` : messageText(message);
