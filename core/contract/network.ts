/**
 * Networks below all layers, as IPCP types at the edge see them: Ethernet devices, UDP sockets, WebSockets and the resolver
 * of names. In a daemon they are the machine's, in the simulator virtual ones.
 *
 * @module
 */
import { NotFoundError } from "./errors.ts";
import type { Branded } from "./ids.ts";
import { type Done, failure, success } from "./outcome.ts";

/** A MAC address: 6 bytes. */
export type MacAddress = Branded<Uint8Array, "MacAddress">;

/** An IP address and a UDP port: 4 or 16 bytes of address, then 2 of port, in network order. */
export type UdpEndpoint = Branded<Uint8Array, "UdpEndpoint">;

/** What both kinds of ports have. */
export interface NetworkPort {
  /** Packets sent that the system has not taken yet. */
  readonly queued: number;
  /**
   * Called whenever {@link queued} has fallen to `level` or below after it was above. What was asked for before is asked for no
   * more.
   */
  onDrained(level: number, drained: () => void): void;
  /** Packets that were lost on this machine because a queue was full, in each direction. */
  readonly lost: { readonly sent: number; readonly received: number };
  /** Called once when the port can no longer be used: its device is gone. */
  onGone(gone: (reason: string) => void): void;
  /** Ends it: no call comes any more. */
  close(): void;
}

/** A network device, opened for the frames of one protocol that are for itself: none of a VLAN, none for other stations. */
export interface EthernetPort extends NetworkPort {
  /** Its name now. */
  readonly device: string;
  /** Its own address. */
  readonly address: MacAddress;
  /** Largest payload of a frame (without the Ethernet header of 14 bytes), in bytes. */
  readonly mtu: number;
  /** The device is up and has a carrier. */
  readonly up: boolean;
  /**
   * Sends one frame: `header` from the destination address on, and `packet` behind it. Both are copied before the call
   * returns. False: the queue was full or the device is down, and the frame is dropped and counted.
   */
  send(packet: Uint8Array, header: Uint8Array): boolean;
  /** Where frames go, from now on: whole, from the destination address on. A frame is valid during the call only. */
  onFrame(receive: (frame: Uint8Array) => void): void;
  /** Called when {@link device}, {@link address}, {@link up} or {@link mtu} has changed. */
  onChange(changed: () => void): void;
}

/** A UDP socket. */
export interface UdpPort extends NetworkPort {
  /** Own address and port. */
  readonly own: UdpEndpoint;
  /** The own address is one of this machine's at the moment: otherwise nothing can be sent or received. */
  readonly up: boolean;
  /** Called when {@link up}, or a device of this machine, has changed. */
  onChange(changed: () => void): void;
  /**
   * Sends one datagram: `header`, and `packet` behind it. Both are copied before the call returns. False: the queue was
   * full, and the datagram is dropped and counted.
   */
  send(packet: Uint8Array, header: Uint8Array, to: UdpEndpoint): boolean;
  /** Where datagrams go, from now on. Both arguments are valid during the call only. */
  onDatagram(receive: (datagram: Uint8Array, from: UdpEndpoint) => void): void;
}

/** A raptor network card. What is sent comes out at the card at the other end of its cable, and nowhere else. */
export interface RaptorPort extends NetworkPort {
  /** Largest frame, in bytes. */
  readonly maxFrame: number;
  /**
   * Sends one frame: `header`, and `packet` behind it. Both are copied before the call returns. False: the queue was full, and the
   * frame is dropped and counted.
   */
  send(packet: Uint8Array, header: Uint8Array): boolean;
  /** Where frames go, from now on. A frame is valid during the call only. */
  onFrame(receive: (frame: Uint8Array) => void): void;
}

/** A connection that carries messages in order, such as a WebSocket. */
export interface MessageSocket {
  /** The address of the host at the other end. */
  readonly remote: string;
  /** Bytes sent that the system has not taken yet. */
  readonly queued: number;
  /**
   * Sends one message: `header`, and `packet` behind it. Both are copied before the call returns. False: too much waits, or the
   * socket has ended, and the message is dropped.
   */
  send(packet: Uint8Array, header: Uint8Array): boolean;
  /** Where messages go, from now on. A message is valid during the call only. */
  onMessage(receive: (message: Uint8Array) => void): void;
  /** Called whenever the system has taken some of what waits. */
  onSent(sent: () => void): void;
  /** Called once when it has ended, unless {@link close} was called. */
  onEnd(ended: (reason: string) => void): void;
  /** Ends it, after what waits was sent as far as that goes at once: no call comes any more. */
  close(): void;
}

/** Where WebSockets go to. */
export interface DialSettings {
  /** `ws:` or `wss:`. */
  readonly url: URL;
  /** An HTTP proxy, which is asked with CONNECT. */
  readonly proxy?: URL | undefined;
  /** File of authorities (PEM) that are trusted beside the usual ones. */
  readonly ca?: string | undefined;
  /** File whose first line is shown to the other end. */
  readonly token?: string | undefined;
  /** Longest message, in bytes. */
  readonly largest: number;
}

/** Where WebSockets come in. */
export interface DoorSettings {
  /** Own address, numeric. */
  readonly address: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Path of the URL. */
  readonly path: string;
  /** Files of the certificate and its key (PEM); left out: no TLS. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** File whose first line everybody must show. */
  readonly token?: string | undefined;
  /** Longest message, in bytes. */
  readonly largest: number;
}

/** An open door. */
export interface MessageDoor {
  /** Its port, also where any was asked for. */
  readonly port: number;
  /** Ends it; sockets that came in go on. */
  close(): void;
}

/** WebSockets (RFC 6455). */
export interface WebSockets {
  /** Opens a socket. Returns what gives it up before `done` was called, which is not called then. */
  dial(settings: DialSettings, done: Done<MessageSocket>): () => void;
  /**
   * Opens a door.
   *
   * @throws NotFoundError when the address is not one of this machine's, or a file is not there
   * @throws ExistsError when the port is in use
   * @throws PermissionError when this process may not use the port, or read a file
   * @throws InvalidError when the certificate or its key cannot be used
   */
  listen(settings: DoorSettings, accept: (socket: MessageSocket) => void): MessageDoor;
}

/** What of the frames on a device goes to a port: an Ethertype (0x0600 and above), or all 802.2 LLC frames. */
export type FrameFilter = number | "llc";

/** Finds addresses of hosts. */
export interface Resolver {
  /**
   * The addresses of a host by the system's means (hosts file, then DNS), in the system's order; numeric addresses are
   * their own. None known: an empty list. A name with a dot at its end is looked up as it is, without the search list of
   * the system; the hosts file has it without the dot.
   */
  lookup(host: string, family: 4 | 6, done: Done<readonly string[]>): void;
  /**
   * Sends one DNS message to a server (port 53 unless the text has `:PORT`, or `[ADDRESS]:PORT`) and gives its answer,
   * which has the same id; sent again over TCP when the answer was cut. The outcome is a `TimedOutError` when none comes.
   */
  exchange(server: string, message: Uint8Array, done: Done<Uint8Array>): void;
}

/** The networks. */
export interface Networks {
  /**
   * Opens a device.
   *
   * @throws NotFoundError when there is no such device
   * @throws PermissionError when this process may not open it
   * @throws InvalidError when it is not an Ethernet device
   * @throws ExistsError when somebody takes the same frames already
   */
  openEthernet(device: string, filter: FrameFilter): EthernetPort;
  /**
   * Opens a UDP socket on an own address.
   *
   * @param address IPv4 or IPv6 address, numeric
   * @throws NotFoundError when the address is not one of this machine's
   * @throws WouldBlockError when the system does not let it be used yet, but soon will
   * @throws ExistsError when the port is in use
   * @throws PermissionError when this process may not use the port
   */
  openUdp(address: string, port: number): UdpPort;
  /**
   * Opens a raptor card; left out: there are none.
   *
   * @param path of its device node
   * @throws NotFoundError when there is no such card
   * @throws PermissionError when this process may not open it
   */
  openRaptor?(path: string): RaptorPort;
  /** Gives WebSockets, whose code takes memory that most processes have no use for; left out: there are none. */
  webSockets?(done: Done<WebSockets>): void;
  /** Lets captures and impairments see the frames of a port that the IPCP has made itself; left out: there are none. */
  seen?(port: EthernetPort): EthernetPort;
  /** Finds addresses. */
  readonly resolver: Resolver;
}

/** The networks of a host that has none: no device, no address, no name. */
export const NO_NETWORKS: Networks = {
  openEthernet: (device) => {
    throw new NotFoundError(`this host has no device ${device}`);
  },
  openUdp: (address) => {
    throw new NotFoundError(`this host has no address ${address}`);
  },
  resolver: {
    lookup: (_host, _family, done) => done(success([])),
    exchange: (server, _message, done) => done(failure(new NotFoundError(`no way to ${server}`))),
  },
};
