/**
 * Members that there is no way to any more. What is known of one that stays away is forgotten in seconds, long before it expires. A
 * member that was only cut off is told again what it should have when it is back: it has forgotten the others as they forgot it.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Timer } from "../../../core/contract/ports.ts";
import type { ValueStore } from "./store/value_store.ts";
import type { Contact } from "./table/bucket_table.ts";
import type { Node } from "./table/node.ts";

/** Milliseconds without a way after which a member is forgotten: until then, who asks for its names hears that it is cut off. */
const GONE = 6000;
/** Who was away for so long may have been forgotten by others that had noticed it sooner. */
const AWAY = 500;
/** Milliseconds between two looks while members are away. */
const LOOK = 1000;
/** Milliseconds between a change of routes and a look: changes come in groups. */
const SETTLE = 100;

/** Watches over the members that contacts and values name. */
export class Absences {
  /** When it was noticed that there is no way to them. */
  readonly #since = new Map<Address, number>();
  #timer: Timer | undefined;
  #due = Infinity;

  /**
   * @param back called with a contact that is back
   * @param forget called with a member that is gone, whose contact and values were removed
   */
  constructor(
    private readonly node: Node,
    private readonly store: ValueStore,
    private readonly back: (contact: Contact) => void,
    private readonly forget: (member: Address) => void,
  ) {}

  /** Routes have changed, or it is time to look again at what is known. */
  lookSoon(delay = SETTLE): void {
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
    const { now, table, context } = this.node;
    const members = new Set(context.members());
    const known = new Set(this.store.owners());
    for (const { address } of table.contacts()) known.add(address);
    for (const member of this.#since.keys()) if (!known.has(member)) this.#since.delete(member);
    for (const member of known) {
      const since = this.#since.get(member);
      if (!members.has(member)) {
        if (since === undefined) this.#since.set(member, now);
        // Who has no way to anybody is cut off itself: the others are not gone.
        else if (now - since >= GONE && members.size > 0) this.#drop(member);
      } else if (since !== undefined) {
        this.#since.delete(member);
        const contact = table.get(member);
        if (contact !== undefined && now - since >= AWAY) this.back(contact);
      }
    }
    if (this.#since.size > 0 && members.size > 0) this.lookSoon(LOOK);
  }

  #drop(member: Address): void {
    this.#since.delete(member);
    this.node.table.forget(member);
    this.store.forget(member);
    this.forget(member);
  }
}
