/**
 * What captured packets are, in words.
 *
 * @module
 */
import { asOuroError, ProtocolError } from "../../../contract/errors.ts";
import { etherType, formatMac, frameSource, isLlcFrame, MAC_BYTES } from "../../../wire/ethernet_frame.ts";
import * as ethernet from "../../../wire/ethernet_frame.ts";
import { formatEndpoint } from "../../../wire/ip_address.ts";
import {
  CAPTURE_PACKET_HEADER_BYTES,
  decodeCapturePacket,
  type Direction,
} from "../../../wire/capture/capture_packet.ts";
import { LINK_TYPES, type LinkType } from "../../../wire/capture/pcap.ts";
import { UDP_EID_BYTES } from "../../../wire/udp_management.ts";
import { readIpPacket } from "./ip_reader.ts";
import type { CapturedPacket } from "../source.ts";
import { FlowTexts } from "./flow_texts.ts";
import { ethernetManagementText, udpManagementText } from "./management_texts.ts";

/** A packet in words. */
export interface Description {
  /** Who is at the other end. */
  readonly peer: string;
  readonly what: string;
}

const LENGTHS_END = 0x600, IPV4 = 0x0800, IPV6 = 0x86dd;

/** Puts the packets of one capture into words, one after the other: what flows carry is known from their beginnings. */
export class Describer {
  readonly #linkType: LinkType;
  readonly #flows = new FlowTexts();

  constructor(linkType: LinkType) {
    this.#linkType = linkType;
  }

  /** A packet in words. A malformed one says so. */
  describe({ packet, direction }: Pick<CapturedPacket, "packet" | "direction">): Description {
    switch (this.#linkType) {
      case LINK_TYPES.lower:
        return this.#lower(packet);
      case LINK_TYPES.ip:
        return this.#ip(packet, direction);
      case LINK_TYPES.ethernet:
        return this.#ethernet(packet, direction);
    }
  }

  #lower(packet: Uint8Array): Description {
    let peer = "flow ?";
    const what = attempt(() => {
      const { fd, direction, component } = decodeCapturePacket(packet);
      peer = `flow ${fd}`;
      return this.#flows.text(`${fd} ${direction}`, packet.subarray(CAPTURE_PACKET_HEADER_BYTES), component);
    });
    return { peer, what };
  }

  #ethernet(frame: Uint8Array, direction: Direction): Description {
    if (frame.length < ethernet.ETHERNET_HEADER_BYTES) return { peer: "?", what: "a frame cut short" };
    const type = etherType(frame);
    if (type === IPV4 || type === IPV6) {
      return this.#ip(frame.subarray(ethernet.ETHERNET_HEADER_BYTES), direction);
    }
    const to = formatMac(frame.subarray(0, MAC_BYTES));
    const peer = direction === "out" ? to : formatMac(frameSource(frame));
    return { peer, what: attempt(() => type < LENGTHS_END ? this.#llc(frame, to) : this.#dix(frame, to)) };
  }

  #dix(frame: Uint8Array, to: string): string {
    ethernet.checkDixFrame(frame);
    const eid = ethernet.dixEid(frame), payload = ethernet.dixPayload(frame);
    if (eid === ethernet.MANAGEMENT_EID) return ethernetManagementText("dix", payload);
    return `EID ${eid}, ${this.#flows.text(`${to} ${eid}`, payload)}`;
  }

  #llc(frame: Uint8Array, to: string): string {
    if (!isLlcFrame(frame)) ethernet.checkLlcFrame(frame);
    const sap = ethernet.llcTo(frame), payload = ethernet.llcPayload(frame);
    if (sap === ethernet.MANAGEMENT_SAP) return ethernetManagementText("llc", payload);
    return `SAP ${sap}, ${this.#flows.text(`${to} ${sap}`, payload)}`;
  }

  #ip(packet: Uint8Array, direction: Direction): Description {
    const datagram = readIpPacket(packet);
    if (datagram === undefined) return { peer: "?", what: "no whole UDP datagram" };
    const { from, to, payload, ports } = datagram;
    const peer = formatEndpoint(direction === "out" ? to : from);
    if (ports === undefined) return { peer, what: "a fragment" };
    if (payload.length < UDP_EID_BYTES) return { peer, what: "malformed: a datagram without endpoint id" };
    const eid = new DataView(payload.buffer, payload.byteOffset, payload.length).getUint32(0);
    const what = attempt(() => {
      if (eid === 0) return udpManagementText(payload);
      return `EID ${eid}, ${
        this.#flows.text(`${formatEndpoint(to)} ${eid}`, payload.subarray(UDP_EID_BYTES))
      }`;
    });
    return { peer, what };
  }
}

/** The words, or that the packet is malformed. */
function attempt(words: () => string): string {
  try {
    return words();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return `malformed: ${asOuroError(thrown).message}`;
    throw thrown;
  }
}
