/**
 * The values held for others, and their copies: a value that nobody has stored here for a while is copied to the nodes
 * nearest to its key, by the first of them that notices; and a node that joins gets what it should hold.
 *
 * @module
 */
import type { Address } from "../../../../core/contract/ids.ts";
import { dhtValue } from "../dht_message.ts";
import type { Contact } from "../table/bucket_table.ts";
import type { Node } from "../table/node.ts";
import type { MessagePacer } from "../message_pacer.ts";
import type { Held, ValueStore } from "./value_store.ts";
import { compareDistance } from "../table/xor.ts";

/** Keys that are looked at before others get their turn. */
const AT_ONCE = 64;

const alive = ({ failures }: Contact): boolean => failures === 0;

/** Copies the values of one node. */
export class Replicator {
  constructor(
    private readonly node: Node,
    private readonly pacer: MessagePacer,
    private readonly store: ValueStore,
  ) {}

  /** Removes what has expired and copies what is due. */
  run(): void {
    this.store.purge(this.node.seconds);
    if (this.store.size > 0) this.pacer.add(this.#copyDue());
  }

  /** Gives a new node the values for which it is among the nearest, where this node is the nearest of those that hold them. */
  welcome(contact: Contact): void {
    if (this.store.size > 0) this.pacer.add(this.#handOver(contact));
  }

  *#copyDue(): Generator<void> {
    const { parameters, self, table } = this.node;
    const members = new Set(this.node.context.members());
    let looked = 0;
    for (const [hash, values] of this.store.entries()) {
      if (++looked % AT_ONCE === 0) yield;
      const due = this.node.now - this.node.jittered(parameters.replicate);
      // An owner that routing does not know is gone, or cut off: no need to spread its values.
      const old = values.filter(({ stored, value }) =>
        stored <= due && (members.size === 0 || members.has(value))
      );
      if (old.length === 0) continue;
      const key = Uint8Array.fromHex(hash);
      const nearest = table.closest(key, parameters.k, alive);
      const last = nearest.at(-1);
      const amongThem = nearest.length < parameters.k || last === undefined ||
        compareDistance(key, self.id, last.id) < 0;
      for (const held of old) held.stored = this.node.now;
      if (!amongThem) continue;
      for (const held of old) {
        for (const { address } of nearest) {
          if (this.#copy(held, key, address)) yield;
        }
      }
    }
  }

  *#handOver(contact: Contact): Generator<void> {
    const { parameters, self, table, seconds } = this.node;
    const others = (other: Contact) => alive(other) && other !== contact;
    const members = new Set(this.node.context.members());
    let looked = 0;
    for (const [hash] of this.store.entries()) {
      if (++looked % AT_ONCE === 0) yield;
      const key = Uint8Array.fromHex(hash);
      const nearest = table.closest(key, parameters.k, others);
      if (nearest.length > 0 && compareDistance(key, nearest[0].id, self.id) < 0) continue;
      const last = nearest.at(parameters.k - 1);
      if (last !== undefined && compareDistance(key, last.id, contact.id) < 0) continue;
      for (const held of this.store.get(hash, seconds)) {
        if (members.size > 0 && !members.has(held.value)) continue;
        if (this.#copy(held, key, contact.address)) yield;
      }
    }
  }

  #copy({ value, expiry }: Held, key: Uint8Array, to: Address): boolean {
    return to !== value && this.node.store(to, key, dhtValue(value), expiry);
  }
}
