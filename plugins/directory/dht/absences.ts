/**
 * Members that there is no way to any more. What is known of one that stays away is forgotten in seconds, long before it expires. A
 * member that was only cut off is told again what it should have when it is back: it has forgotten the others as they forgot it.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Timer } from "../../../core/contract/ports.ts";
import { BoundedSet } from "../../../core/kit/bounded_map.ts";
import type { ValueStore } from "./store/value_store.ts";
import type { Contact } from "./table/bucket_table.ts";
import type { Node } from "./table/node.ts";

/** Milliseconds without a way after which a member is forgotten: until then, who asks for its names hears that it is cut off. */
const GONE = 4000;
/** One that routing never knew is asked sooner whether it is there: others may not know yet that it is gone. */
const HEARSAY = 1000;
/** Who was away for so long may have been forgotten by others that had noticed it sooner. */
const AWAY = 500;
/** Members that are remembered as gone. */
const REMEMBERED = 256;
/** Milliseconds between two looks while members are away. */
const LOOK = 1000;
/** Milliseconds between a change of routes and a look: changes come in groups. */
const SETTLE = 100;

/** What is done about members. */
export interface AbsenceActions {
  /** A contact is back. */
  back(contact: Contact): void;
  /** A member is gone; its contact and values were removed. */
  forget(member: Address): void;
  /** Asks whether a member is there. Returns false when there is no way to it. */
  reach(member: Address): boolean;
}

/** Watches over the members that contacts and values name. */
export class Absences {
  /** When it was noticed that there is no way to them. */
  readonly #since = new Map<Address, number>();
  /** Whom others, which know less, may still mention. */
  readonly #gone = new BoundedSet<Address>(REMEMBERED);
  /** Those that routing knows, or knew before they were away. */
  #known = new Set<Address>();
  /** Those that can be reached though routing does not know them. */
  readonly #strangers = new Set<Address>();
  #timer: Timer | undefined;
  #due = Infinity;

  constructor(
    private readonly node: Node,
    private readonly store: ValueStore,
    private readonly actions: AbsenceActions,
  ) {}

  /** Returns whether there is no way any more to a member that routing knew. */
  readonly isGone = (member: Address): boolean =>
    this.#gone.has(member) || (this.#since.has(member) && this.#known.has(member));

  /** There is a contact or a value more: who told of it may not know that its member is gone. */
  learned(): void {
    this.#lookIn(LOOK);
  }

  /** Routes have changed, or it is time to look again at what is known. */
  lookSoon(): void {
    this.#strangers.clear();
    this.#lookIn(SETTLE);
  }

  #lookIn(delay: number): void {
    const due = this.node.now + delay;
    if (this.#timer !== undefined && this.#due <= due) return;
    this.#timer?.cancel();
    this.#due = due;
    this.#timer = this.node.timers.after(delay, () => {
      this.#timer = undefined;
      this.#look();
    });
  }

  #look(): void {
    const { table, context } = this.node;
    const members = new Set(context.members());
    for (const member of this.#gone) if (members.has(member)) this.#gone.delete(member);
    const named = new Set(this.store.owners());
    for (const address of table.addresses()) named.add(address);
    for (const member of this.#since.keys()) if (!named.has(member)) this.#since.delete(member);
    const known = new Set<Address>();
    for (const member of named) {
      if (members.has(member) || this.#known.has(member)) known.add(member);
      if (members.has(member)) this.#present(member);
      // Who has no way to anybody is cut off itself: the others are not gone.
      else this.#absent(member, members.size > 0);
    }
    this.#known = known;
    if (this.#since.size > 0 && members.size > 0) this.#lookIn(LOOK);
  }

  #present(member: Address): void {
    const since = this.#since.get(member);
    if (since === undefined) return;
    this.#since.delete(member);
    const contact = this.node.table.get(member);
    if (contact !== undefined && this.node.now - since >= AWAY) this.actions.back(contact);
  }

  #absent(member: Address, certain: boolean): void {
    const { now } = this.node;
    const since = this.#since.get(member);
    const known = this.#known.has(member);
    if (this.#strangers.has(member)) return;
    if (since === undefined) this.#since.set(member, now);
    else if (!certain || now - since < (known ? GONE : HEARSAY)) return;
    else if (!known && this.actions.reach(member)) {
      this.#since.delete(member);
      this.#strangers.add(member);
    } else this.#drop(member);
  }

  #drop(member: Address): void {
    this.#since.delete(member);
    this.#gone.add(member);
    this.node.table.forget(member);
    this.store.forget(member);
    this.actions.forget(member);
  }
}
