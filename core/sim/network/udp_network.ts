/**
 * A network of UDP in virtual time: hosts with addresses, some behind address translation; datagrams that are lost, forged and
 * late as a test wants it; names and DNS servers.
 *
 * @module
 */
import { joinBytes } from "../../kit/bytes.ts";
import { ExistsError, NotFoundError, TimedOutError } from "../../contract/errors.ts";
import type { Networks, Resolver, UdpEndpoint, UdpPort } from "../../contract/network.ts";
import { failure, success } from "../../contract/outcome.ts";
import type { Timers } from "../../contract/ports.ts";
import {
  addressOf,
  formatEndpoint,
  formatIp,
  parseIp,
  udpEndpoint,
  versionOf,
} from "../../wire/ip_address.ts";

/** A datagram under way. */
export interface SimulatedDatagram {
  readonly from: UdpEndpoint;
  readonly to: UdpEndpoint;
  readonly payload: Uint8Array;
}

/** Answers a DNS message; undefined: it does not. */
export type DnsServer = (message: Uint8Array) => Uint8Array | undefined;

type Receive = (datagram: SimulatedDatagram) => void;

/** Milliseconds after which a DNS server counts as silent. */
const DNS_PATIENCE = 5000;
/** Datagrams that a port holds while its host is blocked. */
const PORT_QUEUE = 512;
const FIRST_TRANSLATED = 40_000;

/** The network. */
export class UdpNetwork {
  /** DNS servers, by what `dns` options call them. */
  readonly servers = new Map<string, DnsServer>();
  /** Sees each datagram that is sent; false: it is lost. */
  onSend: (datagram: SimulatedDatagram) => boolean = () => true;
  readonly #listeners = new Map<string, Receive>();

  /** @param delay milliseconds that a datagram takes */
  constructor(private readonly timers: Timers, private readonly delay = 1) {}

  /** Makes a host. @param translated its address as others see it, when it is behind address translation */
  host(addresses: readonly string[], translated?: string): UdpHost {
    return new UdpHost(this, addresses, translated);
  }

  /** Sends a datagram, from wherever one says. */
  send(from: UdpEndpoint, to: UdpEndpoint, payload: Uint8Array): void {
    const datagram = { from, to: to.slice() as UdpEndpoint, payload: payload.slice() };
    if (!this.onSend(datagram)) return;
    this.after(this.delay, () => this.#listeners.get(formatEndpoint(datagram.to))?.(datagram));
  }

  /** Takes what is sent to an endpoint. Undefined: no longer. */
  listen(endpoint: UdpEndpoint, receive: Receive | undefined): void {
    const key = formatEndpoint(endpoint);
    if (receive) this.#listeners.set(key, receive);
    else this.#listeners.delete(key);
  }

  /** Somebody listens there. */
  taken(endpoint: UdpEndpoint): boolean {
    return this.#listeners.has(formatEndpoint(endpoint));
  }

  /** Calls `run` after so many milliseconds. */
  after(milliseconds: number, run: () => void): void {
    this.timers.after(milliseconds, run);
  }
}

/** A host of the network, as its IPCPs see it. */
export class UdpHost implements Networks {
  /** The hosts file: addresses by name. */
  readonly names = new Map<string, readonly string[]>();
  /** What the DNS gives to any name below the search list of the host, and to any name at all. */
  wildcard: { readonly searched?: string; readonly any?: string } = {};
  /** Names that were looked up. */
  readonly lookups: string[] = [];
  readonly #addresses: Set<string>;
  readonly #translated: Uint8Array | undefined;
  readonly #ports: SimulatedUdpPort[] = [];
  #blocked = false;
  #translations = 0;

  constructor(private readonly network: UdpNetwork, addresses: readonly string[], translated?: string) {
    this.#addresses = new Set(addresses.map((address) => formatIp(parseIp(address))));
    this.#translated = translated === undefined ? undefined : parseIp(translated);
  }

  /** The process that has opened its ports dies: they are closed, without a word to anybody. */
  kill(): void {
    for (const port of this.#ports.splice(0)) port.close();
  }

  /** Address translation forgets what it knows of the host: its ports are seen as others from now on. */
  translateAnew(): void {
    for (const port of this.#ports) port.seenAs(this.#seen(port.own));
  }

  /** The host has an address no more, or has it again. */
  setAddress(address: string, there: boolean): void {
    const text = formatIp(parseIp(address));
    if (there) this.#addresses.add(text);
    else this.#addresses.delete(text);
    for (const port of this.#ports) port.look();
  }

  /** Has the host this address at the moment? */
  has(address: Uint8Array): boolean {
    return this.#addresses.has(formatIp(address));
  }

  /** While this is true, its ports take a few datagrams and send none. */
  get blocked(): boolean {
    return this.#blocked;
  }
  set blocked(blocked: boolean) {
    this.#blocked = blocked;
    if (!blocked) { for (const port of this.#ports) port.drain(); }
  }

  openEthernet(device: string): never {
    throw new NotFoundError(`this host has no device ${device}`);
  }

  openUdp(address: string, port: number): UdpPort {
    const bytes = parseIp(address);
    if (!this.has(bytes)) {
      throw new NotFoundError(`${address} is not an address of this host`);
    }
    const own = udpEndpoint(bytes, port);
    if (this.network.taken(own)) throw new ExistsError(`UDP port ${port} of ${address} is in use`);
    const opened = new SimulatedUdpPort(this.network, this, own, this.#seen(own));
    this.#ports.push(opened);
    return opened;
  }

  #seen(own: UdpEndpoint): UdpEndpoint {
    return this.#translated ? udpEndpoint(this.#translated, FIRST_TRANSLATED + this.#translations++) : own;
  }

  readonly resolver: Resolver = {
    lookup: (host, family, done) => {
      this.lookups.push(host);
      const absolute = host.endsWith(".");
      const { any, searched = any } = this.wildcard;
      const wild = absolute ? any : searched;
      const named = this.names.get(absolute ? host.slice(0, -1) : host) ?? (wild === undefined ? [] : [wild]);
      const found = isNumeric(host) ? [host] : named;
      this.network.after(
        1,
        () => done(success(found.filter((address) => versionOf(parseIp(address)) === family))),
      );
    },
    exchange: (server, message, done) => {
      const asked = message.slice();
      this.network.after(1, () => {
        const answer = this.network.servers.get(server)?.(asked);
        if (answer) return this.network.after(1, () => done(success(answer)));
        const silent = failure(new TimedOutError(`the DNS server ${server} does not answer`));
        this.network.after(DNS_PATIENCE, () => done(silent));
      });
    },
  };
}

class SimulatedUdpPort implements UdpPort {
  readonly lost = { sent: 0, received: 0 };
  readonly #queue: { readonly to: UdpEndpoint; readonly payload: Uint8Array }[] = [];
  #level = 0;
  #drained: () => void = () => {};
  #receive: Receive | undefined;
  #seen: UdpEndpoint;
  #closed = false;
  #up = true;
  #changed: () => void = () => {};

  constructor(
    private readonly network: UdpNetwork,
    private readonly host: UdpHost,
    readonly own: UdpEndpoint,
    seen: UdpEndpoint,
  ) {
    this.#seen = seen;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get up(): boolean {
    return this.#up;
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Looks whether the host has its address: something has changed. */
  look(): void {
    const up = this.host.has(addressOf(this.own));
    if (up !== this.#up) this.#listen(up ? this.#receive : undefined);
    this.#up = up;
    this.#changed();
  }

  send(packet: Uint8Array, header: Uint8Array, to: UdpEndpoint): boolean {
    if (this.#closed) return false;
    if (!this.#up) {
      // As a system does it: the datagram is taken, and lost.
      this.lost.sent++;
      return true;
    }
    const payload = joinBytes(header, packet);
    if (!this.host.blocked) {
      this.network.send(this.#seen, to, payload);
      return true;
    }
    if (this.#queue.length === PORT_QUEUE) {
      this.lost.sent++;
      return false;
    }
    this.#queue.push({ to: to.slice() as UdpEndpoint, payload });
    return true;
  }

  onDatagram(receive: (datagram: Uint8Array, from: UdpEndpoint) => void): void {
    this.#receive = ({ payload, from }) => receive(payload, from);
    this.#listen(this.#receive);
  }

  /** Others see it under this endpoint from now on. */
  seenAs(seen: UdpEndpoint): void {
    this.#listen(undefined);
    this.#seen = seen;
    this.#listen(this.#receive);
  }

  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
  }

  onGone(): void {}

  close(): void {
    this.#closed = true;
    this.#listen(undefined);
  }

  drain(): void {
    const above = this.#queue.length > this.#level;
    for (const { to, payload } of this.#queue.splice(0)) this.network.send(this.#seen, to, payload);
    if (above) this.#drained();
  }

  #listen(receive: Receive | undefined): void {
    for (const endpoint of [this.own, this.#seen]) this.network.listen(endpoint, receive);
  }
}

const isNumeric = (host: string): boolean => /^[0-9]+\.[0-9.]+$|:/.test(host);

/** Returns an endpoint of an address and a port, as texts and tests write it. */
export const at = (address: string, port: number): UdpEndpoint => udpEndpoint(parseIp(address), port);

/** Returns the address of an endpoint, as text. */
export const hostOf = (endpoint: UdpEndpoint): string => formatIp(addressOf(endpoint));
