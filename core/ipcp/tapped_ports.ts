/**
 * Devices and UDP sockets whose packets pass a {@link Tap}: frames as they are, datagrams with the IP and UDP headers that the
 * system has made or taken off.
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
} from "../contract/network.ts";
import { udpPacket } from "../wire/ip_packet.ts";
import { LINK_TYPES } from "../wire/pcap.ts";
import type { Tap } from "./tap.ts";

/** Networks, every port of which is tapped. */
export function tappedNetworks(networks: Networks, tap: Tap): Networks {
  return {
    openEthernet: (device, filter) => {
      const port = new TappedEthernet(networks.openEthernet(device, filter), tap);
      tap.addNetwork(LINK_TYPES.ethernet);
      return port;
    },
    openUdp: (address, port) => {
      const socket = new TappedUdp(networks.openUdp(address, port), tap);
      tap.addNetwork(LINK_TYPES.ip);
      return socket;
    },
    get resolver() {
      return networks.resolver;
    },
  };
}

/** What both kinds of ports have. */
abstract class TappedPort<P extends NetworkPort> implements NetworkPort {
  protected readonly port: P;
  protected readonly tap: Tap;

  constructor(port: P, tap: Tap) {
    this.port = port;
    this.tap = tap;
  }

  get queued(): number {
    return this.port.queued;
  }

  get lost(): NetworkPort["lost"] {
    return this.port.lost;
  }

  onDrained(level: number, drained: () => void): void {
    this.port.onDrained(level, drained);
  }

  onGone(gone: (reason: string) => void): void {
    this.port.onGone(gone);
  }

  close(): void {
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
    const sent = this.port.send(packet, header);
    if (this.tap.active && sent) this.tap.pass("out", packet, header);
    return sent;
  }

  onFrame(receive: (frame: Uint8Array) => void): void {
    const { tap } = this;
    this.port.onFrame((frame) => {
      if (tap.active) tap.pass("in", frame);
      receive(frame);
    });
  }

  onChange(changed: () => void): void {
    this.port.onChange(changed);
  }
}

class TappedUdp extends TappedPort<UdpPort> implements UdpPort {
  get own(): UdpEndpoint {
    return this.port.own;
  }

  send(packet: Uint8Array, header: Uint8Array, to: UdpEndpoint): boolean {
    const sent = this.port.send(packet, header, to);
    if (this.tap.active && sent) this.tap.pass("out", udpPacket(this.own, to, header, packet));
    return sent;
  }

  onDatagram(receive: (datagram: Uint8Array, from: UdpEndpoint) => void): void {
    const { tap } = this;
    this.port.onDatagram((datagram, from) => {
      if (tap.active) tap.pass("in", udpPacket(from, this.own, datagram));
      receive(datagram, from);
    });
  }
}
