/**
 * What captured packets are, in words.
 *
 * @module
 */
import { asOuroError, ProtocolError } from "../../../contract/errors.ts";
import type { InnerPackets, PacketFormats, PacketPlace } from "../../../contract/formats.ts";
import {
  CAPTURE_PACKET_HEADER_BYTES,
  decodeCapturePacket,
  type Direction,
} from "../../../wire/capture/capture_packet.ts";
import { LINK_TYPES, type LinkType } from "../../../wire/capture/pcap.ts";
import {
  ETHERNET_HEADER_BYTES,
  etherType,
  formatMac,
  frameSource,
  MAC_BYTES,
} from "../../../wire/ethernet_frame.ts";
import { formatEndpoint } from "../../../wire/ip_address.ts";
import { FlowTexts } from "./flow_texts.ts";
import { readIpPacket } from "./ip_reader.ts";

/** A packet in words. */
export interface Description {
  /** Who is at the other end. */
  readonly peer: string;
  readonly what: string;
}

const IPV4 = 0x0800, IPV6 = 0x86dd;

/** Puts the packets of one capture into words, one after the other: what flows carry is known from their beginnings. */
export class Describer {
  readonly #linkType: LinkType;
  readonly #formats: readonly PacketFormats[];
  readonly #flows = new FlowTexts((place, packet) => this.#ask(place, packet, ""));

  /** @param formats what plugins tell of their packets, in the order in which they are asked */
  constructor(linkType: LinkType, formats: readonly PacketFormats[]) {
    this.#linkType = linkType;
    this.#formats = formats;
  }

  /** Describes a packet. A malformed one says so. */
  describe({ packet, direction }: { packet: Uint8Array; direction: Direction }): Description {
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
    if (frame.length < ETHERNET_HEADER_BYTES) return { peer: "?", what: "a frame cut short" };
    const type = etherType(frame);
    if (type === IPV4 || type === IPV6) return this.#ip(frame.subarray(ETHERNET_HEADER_BYTES), direction);
    const to = formatMac(frame.subarray(0, MAC_BYTES));
    const peer = direction === "out" ? to : formatMac(frameSource(frame));
    return { peer, what: attempt(() => this.#ask("ethernet", frame, to)) };
  }

  #ip(packet: Uint8Array, direction: Direction): Description {
    const datagram = readIpPacket(packet);
    if (datagram === undefined) return { peer: "?", what: "no whole UDP datagram" };
    const { from, to, payload, ports } = datagram;
    const peer = formatEndpoint(direction === "out" ? to : from);
    if (ports === undefined) return { peer, what: "a fragment" };
    return { peer, what: attempt(() => this.#ask("udp", payload, formatEndpoint(to))) };
  }

  /** Asks one plugin after the other. @param to whom the packet goes to @throws ProtocolError when no plugin can read it */
  #ask(place: PacketPlace, packet: Uint8Array, to: string): string {
    const inner: InnerPackets = {
      flow: (end, carried) => this.#flows.text(`${to} ${end}`, carried),
      directory: (message) => this.#ask("directory", message, to),
    };
    let fault: ProtocolError | undefined;
    for (const formats of this.#formats) {
      try {
        const words = formats.describe(place, packet, inner);
        if (words !== undefined) return words;
      } catch (thrown) {
        if (!(thrown instanceof ProtocolError)) throw thrown;
        fault ??= thrown;
      }
    }
    if (fault) throw fault;
    return "data";
  }
}

/** Returns the words, or that the packet is malformed. */
function attempt(words: () => string): string {
  try {
    return words();
  } catch (thrown) {
    if (thrown instanceof ProtocolError) return `malformed: ${asOuroError(thrown).message}`;
    throw thrown;
  }
}
