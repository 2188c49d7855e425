/**
 * Where a name is: what peers say, and where they do not have it, the DNS server of the layer or the system.
 *
 * @module
 */
import { TimedOutError } from "../../core/contract/errors.ts";
import { type NameHash, shortHash } from "../../core/contract/ids.ts";
import type { Resolver, UdpEndpoint } from "../../core/contract/network.ts";
import { type Done, failure, type Outcome, success } from "../../core/contract/outcome.ts";
import type { Clock, Log, Random, Timer, Timers } from "../../core/contract/ports.ts";
import { BoundedMap } from "../../core/kit/bounded_map.ts";
import { sameBytes } from "../../core/kit/bytes.ts";
import { udpEndpoint } from "../../core/wire/ip_address.ts";
import type { DnsClient } from "./dns_client.ts";
import { asEndpoints, isReachable } from "./endpoints.ts";
import type { PeerNames } from "./peer_names.ts";
import type { UdpSettings } from "./settings.ts";

/** Milliseconds for which a name is not looked up again, after a look-up that gave nothing. */
const UNKNOWN_FOR = 1000;
/** Names that are remembered so. */
const MAX_UNKNOWN = 1024;
/**
 * Milliseconds for which what the DNS or the system has found waits for the word of the peers: before any of them has answered,
 * and at least; and in round trips to them.
 */
const GRACE = { unmeasured: 1000, least: 200, roundTrips: 2 };
/**
 * Milliseconds that the DNS or the system may take, as a resolver without a server tries for long: where it is the directory of
 * the layer, and where peers are.
 */
const PATIENCE = { directory: 3000, besidePeers: 1000 };
/** Bytes of a random name that nobody has. */
const RANDOM_NAME_BYTES = 16;

type Found = readonly UdpEndpoint[];

/** What it works with. */
export interface NamesContext {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
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

  /** What a peer says counts more than what the DNS says, which may give an address to every name. */
  #ask(hash: NameHash, done: Done<Found>): void {
    const { timers, peers, dns } = this.context;
    const besidePeers = dns === undefined && peers.size > 0;
    const time = besidePeers ? PATIENCE.besidePeers : PATIENCE.directory;
    const said: { peers?: Outcome<Found>; other?: Outcome<Found> } = {};
    let grace: Timer | undefined;
    let over = false;
    const end = (outcome: Outcome<Found>) => {
      over = true;
      grace?.cancel();
      patience.cancel();
      done(dns || peers.size > 0 ? outcome : withHint(outcome));
    };
    const decide = () => {
      if (over) return;
      if (has(said.peers)) return end(said.peers);
      if (has(said.other)) {
        if (said.peers) return end(said.other);
        const other = said.other;
        grace ??= timers.after(this.#grace, () => over || end(other));
      } else if (said.peers && said.other) {
        const { ok } = said.peers;
        end(ok && (besidePeers || said.other.ok) ? success([]) : ok ? said.other : said.peers);
      }
    };
    const patience = timers.after(time, () => {
      said.other ??= failure(new TimedOutError(`no DNS server answered within ${time} ms`));
      decide();
    });
    const hear = (source: keyof typeof said) => (outcome: Outcome<Found>) => {
      said[source] = outcome;
      decide();
    };
    peers.ask(hash, hear("peers"));
    if (this.#isUnknown(hash)) hear("other")(success([]));
    else this.#lookUp(hash, hear("other"));
  }

  get #grace(): number {
    const { longest } = this.context.peers.times;
    return longest === 0 ? GRACE.unmeasured : Math.max(GRACE.least, GRACE.roundTrips * longest);
  }

  #lookUp(hash: NameHash, done: Done<Found>): void {
    const { dns } = this.context;
    const look = dns ? this.#dns(dns, hash) : this.#system(hash);
    look((outcome) => {
      if (!has(outcome)) this.#unknown.set(hash, this.context.clock.now() + UNKNOWN_FOR);
      done(outcome);
    });
  }

  #dns(dns: DnsClient, hash: NameHash): (done: Done<Found>) => void {
    const { log, settings: { port } } = this.context;
    return (done) =>
      dns.lookup(hash, (outcome) => {
        if (outcome.ok) {
          return done(
            success(outcome.value.filter(isReachable).map((address) => udpEndpoint(address, port))),
          );
        }
        log.warning(`Could not look ${shortHash(hash)} up in the DNS: ${outcome.error.message}.`);
        done(outcome);
      });
  }

  /** Looks in the hosts file and the DNS. Where any other name has the same address, nothing is known of this one. */
  #system(hash: NameHash): (done: Done<Found>) => void {
    const { resolver, random, settings: { version, port } } = this.context;
    const lookup = (name: string, done: Done<Found>) =>
      // The dot keeps the search list of the system away.
      resolver.lookup(`${name}.`, version, (outcome) => {
        done(outcome.ok ? success(asEndpoints(outcome.value, version, port)) : outcome);
      });
    return (done) =>
      lookup(hash, (outcome) => {
        if (!has(outcome)) return done(outcome);
        lookup(random.bytes(RANDOM_NAME_BYTES).toHex(), (other) => {
          const anyName = has(other) ? other.value : [];
          done(success(outcome.value.filter((found) => !anyName.some((one) => sameBytes(one, found)))));
        });
      });
  }

  #isUnknown(hash: NameHash): boolean {
    const until = this.#unknown.get(hash);
    if (until === undefined || until > this.context.clock.now()) return until !== undefined;
    this.#unknown.delete(hash);
    return false;
  }
}

const has = (outcome: Outcome<Found> | undefined): outcome is Extract<Outcome<Found>, { ok: true }> =>
  outcome?.ok === true && outcome.value.length > 0;

/** Adds to a failure of the system's look-up that the layer has nobody else to ask: most likely that was forgotten. */
function withHint(outcome: Outcome<Found>): Outcome<Found> {
  if (outcome.ok) return outcome;
  const { message } = outcome.error;
  return failure(
    new TimedOutError(`it was given neither peer nor dns; as for the system, ${message}`, {
      cause: outcome.error,
    }),
  );
}
