/**
 * The directory `DHT`: Kademlia (Maymounkov and Mazières, 2002) on the messages of the reference. Each name is kept by
 * the nodes whose random ids are nearest to its hash; lookups ask nearer and nearer nodes.
 *
 * @module
 */
import {
  CancelledError,
  ExhaustedError,
  ProtocolError,
  TimedOutError,
} from "../../../core/contract/errors.ts";
import type { Directory, DirectoryContext } from "../../../core/contract/policies/directory.ts";
import type { Address, NameHash } from "../../../core/contract/ids.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { DONE, type Done, failure, success } from "../../../core/contract/outcome.ts";
import { definePlugin } from "../../../core/contract/plugin.ts";
import type { Timer } from "../../../core/contract/ports.ts";
import { BoundedMap } from "../../../core/kit/bounded_map.ts";
import { TokenBucket } from "../../../core/kit/token_bucket.ts";
import { decodeDht, type DhtMessage } from "./dht_message.ts";
import { type Contact, HEARD } from "./table/bucket_table.ts";
import { DHT, type DhtOptions } from "../declaration.ts";
import { Absences } from "./absences.ts";
import { BackgroundLookups } from "./background_lookups.ts";
import { TableUpkeep } from "./table_upkeep.ts";
import { Node } from "./table/node.ts";
import * as limits from "./parameters.ts";
import { MessagePacer } from "./message_pacer.ts";
import { Publisher } from "./store/publisher.ts";
import { Replicator } from "./store/replicator.ts";
import { Requests } from "./lookup/requests.ts";
import { Responder } from "./store/responder.ts";
import { statisticsOf } from "./statistics.ts";
import { ValueSearch } from "./lookup/value_search.ts";
import { ValueStore } from "./store/value_store.ts";

/** One node of the hash table, as a directory. */
export class DhtDirectory implements Directory {
  readonly #node: Node;
  readonly #requests: Requests;
  readonly #publisher: Publisher;
  readonly #replicator: Replicator;
  readonly #responder: Responder;
  readonly #tableUpkeep: TableUpkeep;
  readonly #absences: Absences;
  readonly #store = new ValueStore(limits.MAX_VALUES, limits.MAX_VALUES_OF_KEY);
  /** What each peer may send, for the peers heard of last. */
  readonly #rates = new BoundedMap<Address, TokenBucket>(limits.MAX_RATES);
  readonly #created: number;
  /** Names that are looked up, and who wants to know. */
  readonly #searches = new Map<NameHash, Done<readonly Address[]>[]>();
  readonly #registering = new Set<Done>();
  /** Who had registered a name when it was looked up last: asked first next time. */
  readonly #hints = new BoundedMap<NameHash, Address>(limits.MAX_HINTS);
  #upkeepTimer: Timer | undefined;
  /** When the layer, or what is known of it, has changed last. */
  #changed = -Infinity;
  #warned = false;
  #stopped = false;

  /** Begins to join when the context names a peer. */
  constructor(context: DirectoryContext<DhtOptions>) {
    const node = this.#node = new Node(context);
    const pacer = new MessagePacer(node.timers);
    const lookups = new BackgroundLookups(limits.MAX_BACKGROUND_LOOKUPS);
    this.#created = context.clock.wall();
    this.#requests = new Requests(node);
    this.#publisher = new Publisher(node, this.#requests, pacer, lookups);
    this.#replicator = new Replicator(node, pacer, this.#store);
    this.#responder = new Responder(node, this.#store, this.#publisher);
    this.#tableUpkeep = new TableUpkeep(node, this.#requests, lookups, this.#publisher);
    const fresh = (contact: Contact) => {
      this.#changed = node.now;
      this.#publisher.welcome(contact);
      this.#replicator.welcome(contact);
      this.#keepUp();
    };
    this.#absences = new Absences(node, this.#store, {
      back: fresh,
      forget: (member) => {
        for (const [hash, best] of this.#hints) if (best === member) this.#hints.delete(hash);
      },
      reach: (member) => this.#tableUpkeep.reach(member),
    });
    node.isGone = this.#absences.isGone;
    node.onMore = () => this.#absences.learned();
    node.onDoubt = (contact) => this.#tableUpkeep.doubt(contact);
    node.onAnswer = () => this.#tableUpkeep.answered();
    node.onFresh = fresh;
    this.#tableUpkeep.join();
  }

  register(hash: NameHash, done: Done): void {
    this.#keepUp();
    this.#registering.add(done);
    const end = () => {
      limit.cancel();
      whenJoined.delete(end);
      if (this.#registering.delete(done)) done(DONE);
    };
    const { whenJoined } = this.#tableUpkeep;
    const limit = this.#node.timers.after(limits.REGISTER_WAIT, end);
    this.#publisher.add(Uint8Array.fromHex(hash), () => {
      // Nobody can have it before: who joins tells the first who answers.
      if (this.#tableUpkeep.joining && this.#registering.has(done)) whenJoined.add(end);
      else end();
    });
  }

  unregister(hash: NameHash, done: Done): void {
    this.#publisher.remove(hash);
    done(DONE);
  }

  query(hash: NameHash, done: Done<readonly Address[]>): void {
    const waiting = this.#searches.get(hash);
    if (waiting !== undefined) return void waiting.push(done);
    if (this.#searches.size >= limits.MAX_SEARCHES) {
      return done(failure(
        new ExhaustedError(`the directory looks ${limits.MAX_SEARCHES} names up already: try again later`),
      ));
    }
    this.#searches.set(hash, [done]);
    const { now } = this.#node;
    if (!this.#tableUpkeep.joining) return this.#search(hash, now);
    const begin = () => {
      limit.cancel();
      this.#tableUpkeep.whenJoined.delete(begin);
      if (!this.#stopped) this.#search(hash, now);
    };
    // The way to others may be opening just now.
    const limit = this.#node.timers.after(limits.SEARCH_SOFT_END, begin);
    this.#tableUpkeep.whenJoined.add(begin);
  }

  receive(bytes: Uint8Array): void {
    const { counters, self, context } = this.#node;
    let message: DhtMessage;
    try {
      message = decodeDht(bytes, context.hashLength);
    } catch (thrown) {
      if (!(thrown instanceof ProtocolError)) throw thrown;
      return this.#malformed(thrown);
    }
    counters.received(message.type, bytes.length);
    const { source } = message;
    if (source.address === self.address) return counters.drop("fromSelf");
    if (message.type === "findNodeReply" || message.type === "findValueReply") {
      return this.#requests.receive(message);
    }
    if (!this.#admits(source.address)) return counters.drop("tooFast");
    this.#node.note(source, HEARD);
    if (message.type === "store") {
      this.#responder.store(message);
      this.#absences.learned();
    } else this.#responder.find(message);
  }

  routesChanged(): void {
    this.#changed = this.#node.now;
    this.#responder.retry();
    this.#tableUpkeep.routesChanged();
    this.#absences.lookSoon();
  }

  stats(): Stats {
    return statisticsOf(this.#node, this.#requests, this.#publisher, this.#store, this.#created);
  }

  shutdown(): void {
    this.#stopped = true;
    this.#node.timers.stop();
    const error = () => new CancelledError("the directory was shut down");
    const searches = [...this.#searches.values()].flat();
    this.#searches.clear();
    const registering = [...this.#registering];
    this.#registering.clear();
    for (const done of searches) done(failure(error()));
    for (const done of registering) done(failure(error()));
  }

  #admits(peer: Address): boolean {
    const bucket = this.#rates.get(peer) ?? new TokenBucket(limits.PEER_RATE);
    this.#rates.set(peer, bucket);
    return bucket.take(this.#node.now);
  }

  #search(hash: NameHash, begun: number, pause = limits.SEARCH_AGAIN.first): void {
    const { seconds } = this.#node;
    const key = Uint8Array.fromHex(hash);
    const registered = () => this.#publisher.registrations.has(hash);
    const search = new ValueSearch(
      this.#node,
      this.#requests,
      key,
      registered,
      (addresses, unanswered, found) => {
        const silence = unanswered || this.#tableUpkeep.joining;
        const time = this.#node.now - begun;
        if (addresses.length === 0 && (silence || this.#moving) && time < limits.SEARCH_AGAIN.total) {
          return void this.#node.timers.after(pause, () => this.#search(hash, begun, 2 * pause));
        }
        this.#remember(hash, found ? addresses : []);
        const outcome = addresses.length === 0 && silence
          ? failure(
            new TimedOutError(`no member of the layer answered the directory within ${Math.round(time)} ms`),
          )
          : success(addresses);
        const waiting = this.#searches.get(hash) ?? [];
        this.#searches.delete(hash);
        for (const done of waiting) done(outcome);
      },
    );
    const hint = this.#hints.get(hash);
    const held = this.#store.get(hash, seconds).map(({ value }) => value);
    search.begin(hint === undefined ? held : [hint, ...held]);
  }

  /** Who has the name may be out of sight only for the moment. */
  get #moving(): boolean {
    return this.#node.now - this.#changed < limits.MOTION;
  }

  #remember(hash: NameHash, [best]: readonly Address[]): void {
    this.#hints.delete(hash);
    if (best === undefined || best === this.#node.self.address) return;
    this.#hints.set(hash, best);
  }

  #malformed(error: ProtocolError): void {
    this.#node.counters.drop("malformed");
    if (this.#warned) return;
    this.#warned = true;
    this.#node.log.warning(`Dropped a message: ${error.message}. Further ones are only counted.`);
  }

  /** While there is something to keep up, it is looked after once an interval. */
  #keepUp(): void {
    if (this.#upkeepTimer !== undefined || this.#stopped) return;
    const { expire, refresh, replicate } = this.#node.parameters;
    const interval = this.#node.jittered(Math.min(refresh, replicate, expire * 1000 / 4));
    this.#upkeepTimer = this.#node.timers.after(interval, () => {
      this.#upkeepTimer = undefined;
      this.#publisher.publishDue();
      this.#replicator.run();
      this.#tableUpkeep.refresh();
      this.#absences.lookSoon();
      const { registrations } = this.#publisher;
      if (this.#node.table.size > 0 || this.#store.size > 0 || registrations.size > 0) this.#keepUp();
    });
  }
}

/** The directory `DHT`. */
export const dht = definePlugin(DHT, (_host, context) => new DhtDirectory(context));
