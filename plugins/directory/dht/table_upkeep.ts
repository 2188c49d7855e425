/**
 * Becoming and staying part of the hash table: joining, meeting members that routing makes known, and refreshing
 * contacts.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Timer } from "../../../core/contract/ports.ts";
import { ANSWERED, type Contact, MENTIONED } from "./table/bucket_table.ts";
import type { BackgroundLookups } from "./background_lookups.ts";
import { Lookup } from "./lookup/lookup.ts";
import type { Node } from "./table/node.ts";
import type { Publisher } from "./store/publisher.ts";
import type { Asked, Requests } from "./lookup/requests.ts";
import { randomIdSharing, sharedBits } from "./table/xor.ts";

/** Milliseconds between a change of routes and what follows from it: changes come in groups. */
const SETTLE = 100;
/** Milliseconds before members that did not answer are asked again; doubles, up to the refresh interval. */
const FIRST_RETRY = 1000;
/** Contacts that a bucket should have, lest one death makes a part of the layer unreachable. */
const FEW_CONTACTS = 2;
/** Milliseconds before a node looks for its neighbours again; four times as many while it finds new ones. */
const LOOK_AGAIN = 2000;
/** Refreshes are not awaited to the last: what is due soon is done now. */
const DUE_FROM = 0.75;
/** Milliseconds of silence after which a contact may be asked whether it is there. */
const DOUBTFUL = 60_000;

/** Keeps the contacts of one node. */
export class TableUpkeep {
  /** Members of a small layer that have answered, or are being asked. */
  readonly #met = new Set<Address>();
  readonly #doubted = new Set<Address>();
  /** Called once when the node joins. */
  readonly whenJoined = new Set<() => void>();
  #insisting: Asked | undefined;
  #joined = false;
  #announced = false;
  #settled = false;
  #meeting: Timer | undefined;
  #meetingDue = Infinity;
  #retry = FIRST_RETRY;

  constructor(
    private readonly node: Node,
    private readonly requests: Requests,
    private readonly lookups: BackgroundLookups,
    private readonly publisher: Publisher,
  ) {}

  /** Returns whether it has begun to join and nobody has answered yet. */
  get joining(): boolean {
    return this.#insisting !== undefined;
  }

  /** Asks the member that this one has enrolled with, until there is an answer. */
  join(): void {
    const { peer } = this.node.context;
    if (peer === undefined || peer === this.node.self.address || this.joining) return;
    const { id: key } = this.node.self;
    this.#insisting = this.requests.insist({
      to: peer,
      type: "findNode",
      key,
      answered: () => {},
    });
    if (this.#joined) this.#stopInsisting(); // It was answered during the call.
  }

  /** Notes that a node has answered, which makes this one a part of the hash table. */
  answered(): void {
    this.#stopInsisting();
    if (this.#joined) return;
    this.#joined = true;
    if (this.node.context.peer !== undefined && !this.#announced) {
      this.#announced = true;
      this.node.log.debug("Enrollment of DHT completed.");
    }
    for (const call of [...this.whenJoined]) call();
    this.whenJoined.clear();
    this.#settled = false;
    this.#settleIn();
    this.#meetIn(SETTLE);
  }

  /** Meets members that new routes may lead to. */
  routesChanged(): void {
    this.#retry = FIRST_RETRY;
    this.#meetIn(SETTLE);
  }

  /** Asks a contact that may be gone whether it is there, as another one wants its place in a full bucket. */
  doubt(contact: Contact): void {
    if (this.node.now - contact.seen >= DOUBTFUL) this.#probe(contact.address);
  }

  /** Asks a member whether it is there, also when it was asked before: then there was a way. Returns false when there is none. */
  reach(to: Address): boolean {
    this.#doubted.delete(to);
    return this.#probe(to);
  }

  /** Looks after contacts that were not heard of for long, and for new ones; called about once an interval. */
  refresh(): void {
    const { now, parameters, table } = this.node;
    const due = now - parameters.refresh * DUE_FROM;
    for (const { contacts } of [...table.buckets()]) {
      for (const { seen, address } of contacts.slice(0, FEW_CONTACTS)) if (seen < due) this.#probe(address);
    }
    if (table.size === 0) return this.#again();
    // One lookup refreshes all that is near; full buckets farther off need no more than the questions above.
    this.#settled = false;
    this.#settleIn();
    if (this.#settled) this.#askStrangers(1);
  }

  /** Finds its neighbours. In a small layer all members are met anyway. */
  #settleIn(): void {
    if (!this.#joined || this.#settled || this.node.smallLayer() !== undefined) return;
    this.#settled = true;
    this.#lookAround(LOOK_AGAIN);
  }

  /**
   * Looks for its neighbours. Nodes that join at once know each other badly at first: it looks again until there is nobody new.
   */
  #lookAround(pause: number): void {
    const { table, self, parameters, timers } = this.node;
    const nearest = () => table.closest(self.id, parameters.k).map(({ address }) => address).join();
    const before = nearest();
    this.#lookup(self.id, () => {
      this.#fillBuckets();
      if ((pause > LOOK_AGAIN && nearest() === before) || pause >= parameters.refresh) return;
      timers.after(this.node.jittered(pause), () => this.#lookAround(4 * pause));
    });
  }

  #stopInsisting(): void {
    this.#insisting?.cancel();
    this.#insisting = undefined;
  }

  /** All contacts are lost: joins once more. */
  #again(): void {
    this.#joined = false;
    this.#met.clear();
    this.join();
    this.#meetIn(SETTLE);
  }

  #meetIn(delay: number): void {
    const due = this.node.now + delay;
    if (this.#meeting !== undefined && this.#meetingDue <= due) return;
    this.#meeting?.cancel();
    this.#meetingDue = due;
    this.#meeting = this.node.timers.after(delay, () => {
      this.#meeting = undefined;
      this.#meet();
    });
  }

  /** In a small layer every member is asked once; in a large one some are, when there are few contacts. */
  #meet(): void {
    const { table, parameters } = this.node;
    const members = this.node.fewMembers();
    if (members !== undefined) {
      for (const met of this.#met) if (!members.includes(met)) this.#met.delete(met);
      for (const member of members) {
        if (this.#met.has(member)) continue;
        this.#met.add(member);
        if (table.get(member)?.standing === ANSWERED) continue;
        const lost = () => {
          this.#met.delete(member);
          this.#meetAgain();
        };
        if (!this.#probe(member, lost)) this.#met.delete(member);
      }
    } else {
      this.#met.clear();
      if (table.size < 2 * parameters.k) this.#askStrangers(parameters.alpha);
    }
    this.#settleIn();
    this.publisher.catchUp();
    if (members?.some((member) => !this.#met.has(member)) || this.publisher.behind) this.#meetAgain();
  }

  #meetAgain(): void {
    if (this.#meeting !== undefined) return;
    this.#meetIn(this.#retry);
    this.#retry = Math.min(2 * this.#retry, this.node.parameters.refresh);
  }

  /** Asks a member for the contacts nearest to this node: it may answer, and it learns of this node. */
  #probe(to: Address, lost?: () => void): boolean {
    if (this.#doubted.has(to)) return true;
    const over = () => this.#doubted.delete(to);
    this.#doubted.add(to);
    const asked = this.requests.ask({
      to,
      type: "findNode",
      key: this.node.self.id,
      answered: over,
      lost: () => {
        over();
        lost?.();
      },
    });
    if (asked === undefined) {
      over();
      this.node.table.failed(to);
    }
    return asked !== undefined;
  }

  /** Asks some members that are no contacts, drawn evenly. */
  #askStrangers(count: number): void {
    const drawn: Address[] = [];
    let seen = 0;
    for (const member of this.node.context.members()) {
      if (this.node.table.get(member) !== undefined) continue;
      seen++;
      if (drawn.length < count) drawn.push(member);
      else if (this.node.below(seen) < count) drawn[this.node.below(count)] = member;
    }
    for (const member of drawn) this.#probe(member);
  }

  /** The lookup of the own id has found all that is near; each part of the layer farther off needs a few contacts. */
  #fillBuckets(): void {
    const { table, self, parameters, context } = this.node;
    const farthest = table.closest(self.id, parameters.k).at(-1);
    if (farthest === undefined) return;
    const few = Math.min(FEW_CONTACTS, parameters.k);
    for (let shared = sharedBits(self.id, farthest.id) - 1; shared >= 0; shared--) {
      const contacts = table.bucket(shared)?.contacts ?? [];
      if (contacts.length === 0) this.#lookup(randomIdSharing(self.id, shared, context.random));
      const heard = contacts.filter(({ standing }) => standing !== MENTIONED).length;
      const others = contacts.filter(({ standing }) => standing === MENTIONED);
      for (const { address } of others.slice(0, Math.max(0, few - heard))) this.#probe(address);
    }
  }

  #lookup(key: Uint8Array, then = () => {}): void {
    this.lookups.add((over) => {
      const ended = () => {
        over();
        then();
      };
      new Lookup(this.node, this.requests, { key, type: "findNode", ended }).go();
    });
  }
}
