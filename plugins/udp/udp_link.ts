/**
 * What a layer does over UDP at one host: its socket, what comes there and goes out.
 *
 * @module
 */
import { asOuroError, FlowDownError, type OuroError } from "../../core/contract/errors.ts";
import { type NameHash, shortHash } from "../../core/contract/ids.ts";
import type { IpcpContext } from "../../core/contract/plugin.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { UdpEndpoint, UdpPort } from "../../core/contract/network.ts";
import type { Done } from "../../core/contract/outcome.ts";
import type { Clock, Log } from "../../core/contract/ports.ts";
import { addressOf, formatEndpoint, formatIp } from "../../core/wire/ip_address.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";
import {
  decodeUdpManagement,
  encodeUdpManagement,
  UDP_EID_BYTES,
  UDP_HASH_BYTES,
  UDP_MANAGEMENT_BYTES,
  type UdpManagement,
} from "./udp_management.ts";
import { BackPressure } from "../../core/ipcp/shim/back_pressure.ts";
import { NO_BYTES, sameBytes } from "../../core/kit/bytes.ts";
import { TokenBucket } from "../../core/kit/token_bucket.ts";
import { Shim } from "../../core/ipcp/shim/shim.ts";
import type { ShimContext } from "../../core/ipcp/shim/shim_flows.ts";
import type { ShimFlow } from "../../core/ipcp/shim/shim_flow.ts";
import type { ShimLink } from "../../core/ipcp/shim/shim_link.ts";
import { DnsClient } from "./dns_client.ts";
import { DnsRegistrar } from "./dns_registrar.ts";
import { Names } from "./names.ts";
import { PeerHosts } from "./peer_hosts.ts";
import { PeerNames } from "./peer_names.ts";
import type { UdpSettings } from "./settings.ts";

/** Longest life of a packet in the layer, in milliseconds (reference: `src/ipcpd/udp/udp.c`). */
const MPL = 5000;
/** Largest packet that the reference receives whole, by IP version, in bytes. */
const MAX_UDP_PACKET = { 4: 8976, 6: 8948 } as const;
/** The reference sends packets that are longer by so many bytes, which only others can receive. */
const MORE_RECEIVED = 4;

/** The hash function of all layers over UDP. */
const HASH = "MD5";
const FIRST_EID = 64;
const LAST_EID = 0xfffe;
/** Greetings of peers: a second, and at once. */
const GREETINGS = { rate: 1, burst: 3 };

/** A layer that may tell the DNS of its names. */
class UdpShim extends Shim<UdpEndpoint> {
  constructor(context: ShimContext<UdpEndpoint>, private readonly registrar: DnsRegistrar | undefined) {
    super(context);
  }

  override register(hash: NameHash, done: Done): void {
    const registrar = this.registrar;
    super.register(hash, registrar ? () => registrar.register(hash, done) : done);
  }

  override unregister(hash: NameHash, done: Done): void {
    const registrar = this.registrar;
    super.unregister(hash, registrar ? () => registrar.unregister(hash, done) : done);
  }

  override query(hash: NameHash, done: Done<boolean>): void {
    super.query(hash, (outcome) => {
      if (!outcome.ok) this.flows.log.debug(`No way to ${shortHash(hash)}: ${outcome.error.message}`);
      done(outcome);
    });
  }
}

/** The socket of a layer. */
export class UdpLink implements ShimLink<UdpEndpoint> {
  readonly maxPacket: number;
  readonly overhead = UDP_MANAGEMENT_BYTES;
  /** The layer, with its flow allocation. */
  readonly shim: Shim<UdpEndpoint>;
  readonly #registrar: DnsRegistrar | undefined;
  readonly #port: UdpPort;
  readonly #hosts: PeerHosts;
  readonly #peers: PeerNames;
  readonly #names: Names;
  readonly #pressure: BackPressure<UdpEndpoint>;
  readonly #clock: Clock;
  readonly #greetings = new TokenBucket(GREETINGS);
  #up: boolean;

  /**
   * Opens the socket.
   *
   * @param former the place of an IPCP of this name that ran before
   * @throws NotFoundError, ExistsError, WouldBlockError or PermissionError when the socket cannot be opened
   */
  constructor(
    name: string,
    context: IpcpContext,
    private readonly log: Log,
    settings: UdpSettings,
    former: string | undefined,
  ) {
    const { networks: { resolver }, clock, timers, random } = context;
    const { version, address } = settings;
    this.maxPacket = MAX_UDP_PACKET[version];
    this.#port = context.networks.openUdp(settings.addressText, settings.port);
    this.#pressure = new BackPressure(this.#port, context.clock);
    const dns = settings.dns === undefined
      ? undefined
      : new DnsClient({ resolver, random }, settings.dns, version, address);
    this.#registrar = dns && new DnsRegistrar(dns, timers, log);
    this.#hosts = new PeerHosts({ clock, log, resolver }, version, settings.peers);
    this.#peers = new PeerNames({ clock, timers, random }, this.#hosts, (query, to) => this.#put(query, to));
    this.#names = new Names({ clock, timers, random, log, resolver, peers: this.#peers, dns, settings });
    const ids = { hashLength: UDP_HASH_BYTES, firstId: FIRST_EID, lastId: LAST_EID };
    const shimSettings = { name, hash: HASH, mpl: MPL, ...ids };
    this.shim = new UdpShim({ context, log, link: this, settings: shimSettings }, this.#registrar);
    this.#port.onDatagram((datagram, from) => this.#received(datagram, from));
    this.#up = this.#port.up;
    this.#clock = clock;
    this.#port.onChange(() => this.#changed());
    this.#greet();
    if (former === undefined || former === this.place) return;
    const left = Uint8Array.fromHex(former);
    this.shim.announce(() => {
      for (const peer of this.#hosts.endpoints()) this.#put({ code: "former", address: left }, peer);
    });
  }

  get place(): string {
    return this.#port.own.toHex();
  }

  get problem(): OuroError | undefined {
    if (this.#port.up) return undefined;
    return new FlowDownError(`this machine does not have the address ${this.#address} at the moment`);
  }

  send(message: ShimMessage, to: UdpEndpoint): boolean {
    switch (message.code) {
      // The shim sends none of these: names carry a number that only PeerNames knows.
      case "query":
      case "answer":
      case "move":
      case "seek":
      case "former":
        return false;
      default:
        return this.#put(message, to);
    }
  }

  resolve(hash: NameHash, done: Done<readonly UdpEndpoint[]>): void {
    this.#names.resolve(hash, done);
  }

  recognise(hash: NameHash, peer: UdpEndpoint, ours: () => void): void {
    this.#peers.recognise(hash, peer, ours);
  }

  open(flow: ShimFlow<UdpEndpoint>): void {
    const { upper, peer } = flow;
    const header = headerOf(flow.peerId);
    const port = this.#port, pressure = this.#pressure, maxPacket = this.maxPacket;
    if (!port.up) upper.suspend(true);
    upper.onPacket((packet) => {
      const { length } = packet;
      if (length > maxPacket) return flow.countSent(length, false);
      const sent = port.send(packet, header, peer);
      flow.countSent(length, sent);
      pressure.sent(flow, sent);
    });
  }

  close(flow: ShimFlow<UdpEndpoint>): void {
    flow.upper.onPacket(() => {});
    this.#pressure.release(flow);
  }

  /** Returns counters of the socket and the names. */
  stats(): Stats {
    const { own, up, queued, lost } = this.#port;
    return {
      own: formatEndpoint(own),
      present: up,
      queued,
      lost: { sent: lost.sent, received: lost.received },
      ...(this.#registrar ? { dns: { pending: this.#registrar.pending } } : {}),
    };
  }

  shutdown(): void {
    this.#registrar?.shutdown();
    this.#peers.shutdown();
    this.#port.close();
  }

  get #address(): string {
    return formatIp(addressOf(this.#port.own));
  }

  #changed(): void {
    const { log } = this, { up } = this.#port;
    if (this.#greetings.take(this.#clock.now())) this.#greet();
    if (up === this.#up) return;
    this.#up = up;
    if (up) log.info(`Address ${this.#address} is there again.`);
    else {
      log.warning(
        `This machine does not have the address ${this.#address} any more: flows wait for it. ` +
          "To use another one, destroy this IPCP and bootstrap it with that.",
      );
    }
    this.shim.suspend(!up);
  }

  /**
   * Says to each peer with a flow, and to those of the configuration, that this end is alive. When a device has got another hardware
   * address, perhaps before this IPCP was there, the neighbours on its network send to the old one until they ask for it, or hear from
   * it as with this.
   */
  #greet(): void {
    if (!this.#port.up) return;
    const greeted = new Set<string>();
    for (const { state, peer, peerId } of this.shim.shown()) {
      const name = formatEndpoint(peer);
      if (state !== "up" || greeted.has(name)) continue;
      greeted.add(name);
      this.#port.send(NO_BYTES, headerOf(peerId), peer);
    }
    for (const peer of this.#hosts.list().flatMap(({ endpoints }) => endpoints)) {
      // A notice of no end is about nothing.
      if (!greeted.has(formatEndpoint(peer))) this.#put({ code: "absent", destination: 0 }, peer);
    }
  }

  #put(message: UdpManagement, to: UdpEndpoint): boolean {
    return this.#port.send(encodeUdpManagement(message), NO_BYTES, to);
  }

  #received(datagram: Uint8Array, from: UdpEndpoint): void {
    const { shim } = this;
    const length = datagram.length - UDP_EID_BYTES;
    if (length < 0 || length > this.maxPacket + MORE_RECEIVED) return void shim.dropped.malformed++;
    const eid = ((datagram[0] << 24) | (datagram[1] << 16) | (datagram[2] << 8) | datagram[3]) >>> 0;
    if (eid === 0) return this.#managed(datagram, from);
    const flow = shim.endpoints.find(eid);
    if (flow?.hears && sameBytes(flow.peer, from)) flow.deliver(datagram.subarray(UDP_EID_BYTES));
    else shim.misdirected(flow, eid, from);
  }

  #managed(datagram: Uint8Array, from: UdpEndpoint): void {
    const { shim } = this;
    let message: UdpManagement;
    try {
      message = decodeUdpManagement(datagram);
    } catch (thrown) {
      return shim.malformed(asOuroError(thrown));
    }
    if (message.code === "query") {
      const { hash, nonce } = message;
      if (shim.answers(hash, from)) this.#put({ code: "answer", hash, nonce }, from);
      else if (shim.denies(hash, from)) this.#put({ code: "unknown", hash, nonce }, from);
    } else if (message.code === "answer" || message.code === "unknown") {
      if (!this.#peers.answered(message, from)) shim.dropped.strayAnswer++;
    } else if (message.code !== "former") shim.received(message, from);
    else if (message.address.length === from.length) {
      shim.peerReplaced(message.address.slice() as UdpEndpoint, formatEndpoint(from));
    } else shim.dropped.malformed++;
  }
}

/** What stands in front of the packets of a flow: the id of its other end. */
function headerOf(peerId: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(UDP_EID_BYTES);
  new DataView(header.buffer).setUint32(0, peerId);
  return header;
}
