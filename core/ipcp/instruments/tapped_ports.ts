/**
 * Devices and UDP sockets whose packets pass a {@link Tap}: frames as they are, datagrams with the IP and UDP headers that the
 * system has made or taken off. An impairment is between the IPCP and the tap.
 *
 * @module
 */
import type {
  EthernetPort,
  MacAddress,
  NetworkPort,
  Networks,
  UdpEndpoint,
  UdpPort,
} from "../../contract/network.ts";
import { NO_BYTES } from "../../kit/bytes.ts";
import { addressOf, portOf, udpEndpoint } from "../../wire/ip_address.ts";
import { udpPacket } from "../../wire/capture/ip_packet.ts";
import { LINK_TYPES } from "../../wire/capture/pcap.ts";
import { ImpairedPort } from "./impaired_port.ts";
import type { Tap } from "./tap.ts";

/** Networks, every port of which is tapped. */
export function tappedNetworks(networks: Networks, tap: Tap): Networks {
  const seen = (port: EthernetPort): EthernetPort => {
    tap.addNetwork(LINK_TYPES.ethernet);
    return new TappedEthernet(port, tap);
  };
  return {
    openEthernet: (device, filter) => seen(networks.openEthernet(device, filter)),
    seen,
    openUdp: (address, port) => {
      const socket = new TappedUdp(networks.openUdp(address, port), tap);
      tap.addNetwork(LINK_TYPES.ip);
      return socket;
    },
    // There is no type of link for its frames in captures.
    ...networks.openRaptor ? { openRaptor: networks.openRaptor } : {},
    ...networks.webSockets ? { webSockets: networks.webSockets } : {},
    get resolver() {
      return networks.resolver;
    },
  };
}

/** What both kinds of ports have. */
abstract class TappedPort<P extends NetworkPort> implements NetworkPort {
  protected readonly impaired: ImpairedPort;
  #level = 0;
  #drained: () => void = () => {};
  /** The queue is longer than the level. */
  #above = false;

  constructor(protected readonly port: P, protected readonly tap: Tap) {
    this.impaired = new ImpairedPort(tap.impairments, () => this.look());
  }

  get queued(): number {
    return this.tap.active ? this.port.queued + this.impaired.queued : this.port.queued;
  }

  get lost(): NetworkPort["lost"] {
    return this.port.lost;
  }

  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
    this.#above = this.queued > level;
    this.port.onDrained(level, () => {
      this.#above = true;
      this.look();
    });
  }

  /** The queue may have become shorter. */
  protected look(): void {
    if (!this.#above || this.queued > this.#level) return;
    this.#above = false;
    this.#drained();
  }

  /** A packet was given to what is impaired. */
  protected sent(taken: boolean): boolean {
    if (this.queued > this.#level) this.#above = true;
    return taken;
  }

  onGone(gone: (reason: string) => void): void {
    this.port.onGone(gone);
  }

  close(): void {
    this.impaired.close();
    this.port.close();
  }
}

class TappedEthernet extends TappedPort<EthernetPort> implements EthernetPort {
  get device(): string {
    return this.port.device;
  }

  get address(): MacAddress {
    return this.port.address;
  }

  get mtu(): number {
    return this.port.mtu;
  }

  get up(): boolean {
    return this.port.up;
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    if (!this.tap.active) return this.port.send(packet, header);
    return this.sent(this.impaired.send(packet, header, this.#sendNow));
  }

  onFrame(receive: (frame: Uint8Array) => void): void {
    const { tap, impaired } = this;
    this.port.onFrame((frame) => {
      if (!tap.active) return receive(frame);
      if (tap.watched) tap.pass("in", frame);
      impaired.receive(frame, receive);
    });
  }

  onChange(changed: () => void): void {
    this.port.onChange(changed);
  }

  readonly #sendNow = (frame: Uint8Array): boolean => {
    const sent = this.port.send(frame, NO_BYTES);
    if (sent && this.tap.watched) this.tap.pass("out", frame);
    return sent;
  };
}

class TappedUdp extends TappedPort<UdpPort> implements UdpPort {
  get own(): UdpEndpoint {
    return this.port.own;
  }

  get up(): boolean {
    return this.port.up;
  }

  onChange(changed: () => void): void {
    this.port.onChange(changed);
  }

  send(packet: Uint8Array, header: Uint8Array, to: UdpEndpoint): boolean {
    if (!this.tap.active) return this.port.send(packet, header, to);
    const target = copyOf(to);
    return this.sent(this.impaired.send(packet, header, (datagram) => {
      const sent = this.port.send(datagram, NO_BYTES, target);
      if (sent && this.tap.watched) this.tap.pass("out", udpPacket(this.own, target, datagram));
      return sent;
    }));
  }

  onDatagram(receive: (datagram: Uint8Array, from: UdpEndpoint) => void): void {
    const { tap, impaired } = this;
    this.port.onDatagram((datagram, from) => {
      if (!tap.active) return receive(datagram, from);
      if (tap.watched) tap.pass("in", udpPacket(from, this.own, datagram));
      const source = copyOf(from);
      impaired.receive(datagram, (late) => receive(late, source));
    });
  }
}

const copyOf = (endpoint: UdpEndpoint): UdpEndpoint => udpEndpoint(addressOf(endpoint), portOf(endpoint));
