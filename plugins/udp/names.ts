/**
 * Where a name is: what peers, the DNS server of the layer or the system say; the first who knows is believed.
 *
 * @module
 */
import type { OuroError } from "../../core/contract/errors.ts";
import { type NameHash, shortHash } from "../../core/contract/ids.ts";
import type { Resolver, UdpEndpoint } from "../../core/contract/network.ts";
import { type Done, failure, type Outcome, success } from "../../core/contract/outcome.ts";
import type { Clock, Log } from "../../core/contract/ports.ts";
import { BoundedMap } from "../../core/kit/bounded_map.ts";
import { udpEndpoint } from "../../core/wire/ip_address.ts";
import type { DnsClient } from "./dns_client.ts";
import { asEndpoints, isReachable } from "./endpoints.ts";
import type { PeerNames } from "./peer_names.ts";
import type { UdpSettings } from "./settings.ts";

/** Milliseconds for which a name is not looked up again, after a look-up that gave nothing. */
const UNKNOWN_FOR = 1000;
/** Names that are remembered so. */
const MAX_UNKNOWN = 1024;

type Found = readonly UdpEndpoint[];
type Source = (hash: NameHash, done: Done<Found>) => void;

/** What it works with. */
export interface NamesContext {
  readonly clock: Clock;
  readonly log: Log;
  readonly resolver: Resolver;
  readonly peers: PeerNames;
  readonly dns: DnsClient | undefined;
  readonly settings: UdpSettings;
}

/** Finds the peers that have registered a name. */
export class Names {
  /** Until when a name is not looked up again; the oldest first. */
  readonly #unknown = new BoundedMap<NameHash, number>(MAX_UNKNOWN);
  /** Who waits for a name that is looked for. */
  readonly #asked = new Map<NameHash, Done<Found>[]>();

  constructor(private readonly context: NamesContext) {}

  /** The peers that have the hash, best first; nobody: an empty list. A failure: nobody who answered knows it. */
  resolve(hash: NameHash, done: Done<Found>): void {
    const others = this.#asked.get(hash);
    if (others) return void others.push(done);
    const waiting = [done];
    this.#asked.set(hash, waiting);
    this.#ask(hash, (outcome) => {
      this.#asked.delete(hash);
      for (const each of waiting) each(outcome);
    });
  }

  #ask(hash: NameHash, done: Done<Found>): void {
    const { peers, dns } = this.context;
    const sources: Source[] = [(of, found) => peers.ask(of, found)];
    if (!this.#isUnknown(hash)) sources.push(dns ? (of, found) => this.#dns(dns, of, found) : this.#system);
    let open = sources.length;
    let fault: OuroError | undefined;
    const answered = (outcome: Outcome<Found>) => {
      open--;
      if (open < 0) return;
      if (outcome.ok && outcome.value.length > 0) {
        open = 0;
        return done(outcome);
      }
      if (!outcome.ok) fault = outcome.error;
      if (open === 0) done(fault ? failure(fault) : success([]));
    };
    for (const source of sources) source(hash, answered);
  }

  #dns(dns: DnsClient, hash: NameHash, done: Done<Found>): void {
    const { port } = this.context.settings;
    dns.lookup(hash, (outcome) => {
      if (!outcome.ok) {
        this.#remember(hash);
        this.context.log.warning(
          `Could not look ${shortHash(hash)} up in the DNS: ${outcome.error.message}.`,
        );
        return done(outcome);
      }
      const found = outcome.value.filter(isReachable).map((address) => udpEndpoint(address, port));
      this.#answer(hash, found, done);
    });
  }

  readonly #system: Source = (hash, done) => {
    const { resolver, settings: { version, port } } = this.context;
    resolver.lookup(hash, version, (outcome) => {
      if (!outcome.ok) this.#remember(hash);
      if (!outcome.ok) return done(outcome);
      this.#answer(hash, asEndpoints(outcome.value, version, port), done);
    });
  };

  #answer(hash: NameHash, found: Found, done: Done<Found>): void {
    if (found.length === 0) this.#remember(hash);
    done(success(found));
  }

  #isUnknown(hash: NameHash): boolean {
    const until = this.#unknown.get(hash);
    if (until === undefined || until > this.context.clock.now()) return until !== undefined;
    this.#unknown.delete(hash);
    return false;
  }

  #remember(hash: NameHash): void {
    this.#unknown.set(hash, this.context.clock.now() + UNKNOWN_FOR);
  }
}
