/**
 * What a layer over UDP is bootstrapped with.
 *
 * @module
 */
import { InvalidError } from "../../core/contract/errors.ts";
import { formatIp, type IpVersion, parseHostPort, parseIp, parseIpOf } from "../../core/wire/ip_address.ts";
import { DEFAULT_PORT, type UdpOptions } from "./declarations.ts";

/** A host and a port as the user wrote them. */
export interface HostPort {
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
}

/** The checked options. */
export interface UdpSettings {
  readonly version: IpVersion;
  /** The own address: 4 or 16 bytes. */
  readonly address: Uint8Array;
  /** The same, as text. */
  readonly addressText: string;
  /** The port of the layer. */
  readonly port: number;
  /** The DNS server, as the resolver takes it. */
  readonly dns: string | undefined;
  readonly peers: readonly HostPort[];
  /** What the user should know. */
  readonly warnings: readonly string[];
}

const DNS_PORT = 53;
const MAX_PEERS = 64;

/** @throws InvalidError naming the option and what is wrong with it */
export function udpSettings(version: IpVersion, options: UdpOptions): UdpSettings {
  const address = about("ip", () => parseIpOf(version, options.ip));
  if (isOfNoHost(address)) {
    throw new InvalidError(
      `ip: ${formatIp(address)} is no address that others can reach; give one of this host's`,
    );
  }
  if (isLinkLocal(address)) {
    throw new InvalidError(
      `ip: ${
        formatIp(address)
      } is link-local, which says nothing without a zone; give another one of this host's`,
    );
  }
  const port = portOf(options);
  const warnings = options.cport === undefined || options.cport === port
    ? []
    : [`Option cport is not used: packets are sent from port ${port}.`];
  return {
    version,
    address,
    addressText: formatIp(address),
    port,
    dns: about("dns", () => options.dns && dnsServer(options.dns)),
    peers: about("peer", () => peersOf(version, options.peer, port)),
    warnings,
  };
}

function portOf({ port, sport }: UdpOptions): number {
  if (sport === undefined || sport === port) return port;
  if (port === DEFAULT_PORT) return sport;
  throw new InvalidError(`port ${port} and sport ${sport}: they mean the same; give one of them`);
}

function dnsServer(text: string): string {
  parseIp(parseHostPort(text, DNS_PORT).host);
  return text;
}

function peersOf(version: IpVersion, value: string | undefined, port: number): HostPort[] {
  const texts = value?.split(",") ?? [];
  if (texts.length > MAX_PEERS) throw new InvalidError(`there are at most ${MAX_PEERS} peers`);
  const peers = texts.map((text) => parseHostPort(text.trim(), port));
  for (const { host } of peers) if (isAddress(host)) parseIpOf(version, host);
  return peers;
}

/** It is an address, or nothing but an address could be meant. */
export const isAddress = (host: string): boolean => host.includes(":") || /^[0-9.]+$/.test(host);

function about<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof InvalidError)) throw thrown;
    throw new InvalidError(`${option}: ${thrown.message}`, { cause: thrown });
  }
}

/** All zeros, or of a group. */
const isOfNoHost = (address: Uint8Array): boolean =>
  address.every((byte) => byte === 0) ||
  (address.length === 4 ? address[0] >= 224 : address[0] === 0xff);

/** In fe80::/10. Those of IPv4 can be used. */
const isLinkLocal = (address: Uint8Array): boolean =>
  address.length === 16 && address[0] === 0xfe && (address[1] & 0xc0) === 0x80;
