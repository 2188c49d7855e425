/**
 * Answers what other nodes ask, and takes what they store.
 *
 * @module
 */
import { type Address, nameHash } from "../../../../core/contract/ids.ts";
import type { Timer } from "../../../../core/contract/ports.ts";
import { addressOfDhtValue, type DhtContact, type DhtFind, type DhtStore, dhtValue } from "../dht_message.ts";
import { type Contact, MENTIONED } from "../table/bucket_table.ts";
import type { Node } from "../table/node.ts";
import { ANSWER_BYTES, ANSWER_VALUES } from "../parameters.ts";
import type { Publisher } from "./publisher.ts";
import type { Reply } from "../lookup/requests.ts";
import type { ValueStore } from "./value_store.ts";

interface Unsent {
  readonly to: Address;
  readonly reply: Reply;
  tries: number;
}

/** Answers without a way to the asker that wait for one. */
const MAX_UNSENT = 64;
/** They are tried again after 4, 8, 16 … ms: for about 2 s in all. */
const FIRST_PAUSE = 4;
const MAX_TRIES = 9;
/** Seconds by which a clock elsewhere may be ahead. */
const CLOCK_SKEW = 60;
/** Bytes of an answer besides its ids and values, and of what stands around each of those: codes, lengths, an address. */
const FRAME = 40;
const AROUND = 12;

const tellable = ({ failures, standing }: Contact): boolean => failures === 0 && standing !== MENTIONED;

/** Answers for one node. */
export class Responder {
  readonly #store: ValueStore;
  #unsent: Unsent[] = [];
  #timer: Timer | undefined;
  #pause = FIRST_PAUSE;

  constructor(private readonly node: Node, store: ValueStore, private readonly publisher: Publisher) {
    this.#store = store;
  }

  /** Answers a question. Where there is no way to the asker yet, the answer is tried again. */
  find({ type, source, cookie, key }: DhtFind): void {
    const { self, counters } = this.node;
    // Copies: the message is gone when the answer is tried again.
    const to = { id: source.id.slice(), address: source.address };
    const common = { source: self, cookie, key: key.slice() };
    const values = type === "findValue" ? this.#values(key) : [];
    const contacts = this.#contacts(key, to, values.length);
    const reply: Reply = type === "findNode"
      ? { type: "findNodeReply", ...common, contacts }
      : { type: "findValueReply", ...common, contacts, values };
    if (this.node.send(to.address, reply)) return;
    if (this.#unsent.length >= MAX_UNSENT) return counters.drop("answerGivenUp");
    this.#unsent.push({ to: to.address, reply, tries: 0 });
    this.#pause = FIRST_PAUSE;
    this.#arm();
  }

  /** Takes a value, or counts why not. */
  store({ source, key, value, expiry }: DhtStore): void {
    const { counters, self, seconds, parameters, now } = this.node;
    const owner = addressOfDhtValue(value);
    if (owner === undefined) return counters.drop("notAnAddress");
    // What is registered here is known best here.
    if (owner === self.address) return counters.drop("ownValue");
    const refused = this.#store.put(
      {
        hash: nameHash(key.toHex()),
        value: owner,
        sender: source.address,
        expiry: Math.min(expiry, seconds + parameters.expire + CLOCK_SKEW),
      },
      seconds,
      now,
    );
    if (refused !== undefined) counters.drop(refused);
  }

  /** Tries again to answer: there may be a way now. */
  retry(): void {
    const unsent = this.#unsent;
    this.#unsent = [];
    for (const one of unsent) {
      if (this.node.send(one.to, one.reply)) continue;
      if (++one.tries < MAX_TRIES) this.#unsent.push(one);
      else this.node.counters.drop("answerGivenUp");
    }
  }

  #arm(): void {
    this.#timer ??= this.node.timers.after(this.#pause, () => {
      this.#timer = undefined;
      this.#pause *= 2;
      this.retry();
      if (this.#unsent.length > 0) this.#arm();
    });
  }

  #values(key: Uint8Array): Uint8Array[] {
    const hash = nameHash(key.toHex());
    const values = this.#store.get(hash, this.node.seconds).map(({ value }) => value);
    if (this.publisher.registrations.has(hash)) values.unshift(this.node.self.address);
    return values.slice(0, ANSWER_VALUES).map(dhtValue);
  }

  /** Finds the nearest nodes, without the asker; but the reference takes no answer without contacts. */
  #contacts(key: Uint8Array, asker: DhtContact, values: number): readonly DhtContact[] {
    const { table, parameters } = this.node;
    const length = key.length + AROUND;
    const room = Math.floor((ANSWER_BYTES - FRAME - 2 * length - values * AROUND) / length);
    const usable = (contact: Contact) =>
      tellable(contact) && contact.address !== asker.address && !this.node.isGone(contact.address);
    const found = table.closest(key, Math.min(parameters.k, room), usable);
    return found.length > 0 ? found : [asker];
  }
}
