/**
 * The configured peers and where they are: addresses are known at once, names are looked up when they are needed and again after
 * a while.
 *
 * @module
 */
import type { Resolver, UdpEndpoint } from "../../core/contract/network.ts";
import type { Clock, Log } from "../../core/contract/ports.ts";
import { type IpVersion, parseIpOf, udpEndpoint } from "../../core/wire/ip_address.ts";
import { type HostPort, isAddress } from "./settings.ts";
import { asEndpoints } from "./endpoints.ts";

/** Milliseconds for which the address of a name is used, and after which a failed look-up is tried again. */
const FRESH = { known: 60_000, unknown: 1000 };

interface PeerHost extends HostPort {
  endpoint: UdpEndpoint | undefined;
  /** When it should be looked up again; never for addresses. */
  expires: number;
  busy: boolean;
  /** A line in the log has said that it is not known. */
  reported: boolean;
}

/** What they work with. */
export interface PeerHostsContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly resolver: Resolver;
}

/** The configured peers. */
export class PeerHosts {
  readonly #hosts: readonly PeerHost[];
  /** Called with each endpoint that becomes known. */
  onFound: (endpoint: UdpEndpoint) => void = () => {};

  constructor(
    private readonly context: PeerHostsContext,
    private readonly version: IpVersion,
    peers: readonly HostPort[],
  ) {
    this.#hosts = peers.map(({ host, port }) => ({
      host,
      port,
      endpoint: isAddress(host) ? udpEndpoint(parseIpOf(version, host), port) : undefined,
      expires: isAddress(host) ? Infinity : 0,
      busy: false,
      reported: false,
    }));
  }

  /** How many there are. */
  get size(): number {
    return this.#hosts.length;
  }

  /** The endpoints that are known. Starts look-ups of those that are not, or no longer. */
  endpoints(): UdpEndpoint[] {
    const now = this.context.clock.now();
    for (const host of this.#hosts) if (host.expires <= now && !host.busy) this.#lookUp(host);
    return this.#hosts.flatMap(({ endpoint }) => endpoint ?? []);
  }

  #lookUp(host: PeerHost): void {
    host.busy = true;
    this.context.resolver.lookup(host.host, this.version, (outcome) => {
      host.busy = false;
      const [found] = outcome.ok ? asEndpoints(outcome.value, this.version, host.port) : [];
      const life = found ? FRESH.known : FRESH.unknown;
      host.expires = this.context.clock.now() + life;
      // An address that was known is better than none.
      if (found) this.#found(host, found);
      else if (!host.reported) {
        host.reported = true;
        const reason = outcome.ok ? `it has no IPv${this.version} address` : outcome.error.message;
        this.context.log.warning(`Peer ${host.host} cannot be asked: ${reason}.`);
      }
    });
  }

  #found(host: PeerHost, endpoint: UdpEndpoint): void {
    host.reported = false;
    host.endpoint = endpoint;
    this.onFound(endpoint);
  }
}
