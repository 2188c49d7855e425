/**
 * The configured peers and where they are: addresses are known at once, names are looked up when they are needed and again after
 * a while.
 *
 * @module
 */
import type { Resolver, UdpEndpoint } from "../../core/contract/network.ts";
import type { Clock, Log } from "../../core/contract/ports.ts";
import { sameBytes } from "../../core/kit/bytes.ts";
import { type IpVersion, parseIpOf, udpEndpoint } from "../../core/wire/ip_address.ts";
import { type HostPort, isAddress } from "./settings.ts";
import { asEndpoints } from "./endpoints.ts";

/** Milliseconds for which the addresses of a name are used, and after which a failed look-up is tried again. */
const FRESH = { known: 60_000, unknown: 1000 };
/** Addresses of one peer: each is asked, as a look-up does not say which of them are alive. */
const MAX_ADDRESSES = 8;

/** One peer. */
export interface PeerHost extends HostPort {
  /** All its addresses that are known. */
  readonly endpoints: readonly UdpEndpoint[];
  /** It has an address, or may have one soon. */
  readonly askable: boolean;
}

class Host implements PeerHost {
  endpoints: readonly UdpEndpoint[];
  /** When it should be looked up again; never for addresses. */
  expires: number;
  busy = false;
  /** A line in the log has said that it is not known. */
  reported = false;

  constructor(version: IpVersion, readonly host: string, readonly port: number) {
    const known = isAddress(host);
    this.endpoints = known ? [udpEndpoint(parseIpOf(version, host), port)] : [];
    this.expires = known ? Infinity : 0;
  }

  get askable(): boolean {
    return this.busy || this.endpoints.length > 0;
  }
}

/** What they work with. */
export interface PeerHostsContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly resolver: Resolver;
}

/** The configured peers. */
export class PeerHosts {
  readonly #hosts: readonly Host[];
  /** Called with the endpoints of each peer that becomes known. */
  onFound: (endpoints: readonly UdpEndpoint[]) => void = () => {};

  constructor(
    private readonly context: PeerHostsContext,
    private readonly version: IpVersion,
    peers: readonly HostPort[],
  ) {
    this.#hosts = peers.map(({ host, port }) => new Host(version, host, port));
  }

  /** How many there are. */
  get size(): number {
    return this.#hosts.length;
  }

  /** Lists the peers. */
  list(): readonly PeerHost[] {
    return this.#hosts;
  }

  /** Returns the peer that has this endpoint. */
  at(endpoint: UdpEndpoint): PeerHost | undefined {
    return this.#hosts.find(({ endpoints }) => endpoints.some((one) => sameBytes(one, endpoint)));
  }

  /** The endpoints that are known. Starts look-ups of those that are not, or no longer. */
  endpoints(): UdpEndpoint[] {
    const now = this.context.clock.now();
    for (const host of this.#hosts) if (host.expires <= now && !host.busy) this.#lookUp(host);
    return this.#hosts.flatMap(({ endpoints }) => endpoints);
  }

  #lookUp(host: Host): void {
    host.busy = true;
    this.context.resolver.lookup(host.host, this.version, (outcome) => {
      host.busy = false;
      const found = outcome.ok ? asEndpoints(outcome.value, this.version, host.port) : [];
      const life = found.length > 0 ? FRESH.known : FRESH.unknown;
      host.expires = this.context.clock.now() + life;
      // An address that was known is better than none.
      if (found.length > 0) this.#found(host, found.slice(0, MAX_ADDRESSES));
      else if (!host.reported) {
        host.reported = true;
        const reason = outcome.ok ? `it has no IPv${this.version} address` : outcome.error.message;
        this.context.log.warning(`Peer ${host.host} cannot be asked: ${reason}.`);
      }
    });
  }

  #found(host: Host, endpoints: readonly UdpEndpoint[]): void {
    host.reported = false;
    host.endpoints = endpoints;
    this.onFound(endpoints);
  }
}
