/**
 * Management messages of layers on Ethernet and over UDP, in words.
 *
 * @module
 */
import {
  decodeEthernetManagement,
  DIX_MANAGEMENT,
  LLC_MANAGEMENT,
} from "../../../wire/ethernet_management.ts";
import type { ShimMessage } from "../../../ipcp/shim/shim_message.ts";
import { decodeUdpManagement, type UdpManagement } from "../../../wire/udp_management.ts";

/** The shortest hash that a layer may have: how long it really is, no message says. */
const HASH_BYTES = 28;
/** Digits of a hash that are shown. */
const SHOWN = 8;

/** A message of eth-dix or eth-llc. @throws ProtocolError when it is none */
export const ethernetManagementText = (kind: "dix" | "llc", message: Uint8Array): string =>
  text(decodeEthernetManagement(kind === "dix" ? DIX_MANAGEMENT : LLC_MANAGEMENT, message, HASH_BYTES));

/** A datagram of udp4 or udp6. @throws ProtocolError when it is none */
export const udpManagementText = (datagram: Uint8Array): string => text(decodeUdpManagement(datagram));

function text(message: ShimMessage | UdpManagement): string {
  switch (message.code) {
    case "request":
      return `flow request for ${message.hash.slice(0, SHOWN)}… from end ${message.requester}`;
    case "reply":
      return message.response === 0
        ? `flow reply to end ${message.requester}: accepted, end ${message.responder}`
        : `flow reply to end ${message.requester}: refused, ${message.response}`;
    case "query":
      return `name query for ${message.hash.slice(0, SHOWN)}…`;
    case "answer":
      return `name answer for ${message.hash.slice(0, SHOWN)}…`;
    case "deallocate":
      return `deallocation of end ${message.source}, to end ${message.destination}`;
  }
}
