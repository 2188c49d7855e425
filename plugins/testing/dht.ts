/** One node of the hash table with a wire that the test holds. @module */
import assert from "node:assert/strict";
import { type Address, address, nameHash } from "../../core/contract/ids.ts";
import type { Log } from "../../core/contract/ports.ts";
import { checkOptions } from "../../core/registry/check_options.ts";
import { DHT } from "../directory/declaration.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { decodeDht, type DhtContact, type DhtMessage, encodeDht } from "../directory/dht/dht_message.ts";
import { DhtDirectory } from "../directory/dht/dht.ts";

/** A key. */
export const KEY = Uint8Array.fromHex("9023e97d0377e92b6f23554f23f0fc178d2cf82ceace30234ec3a40be63e55d3");
/** The same as a hash. */
export const HASH = nameHash(KEY.toHex());

/** A foreign node whose id begins with `first`. */
export function foreign(number: number, first = number): DhtContact {
  const id = new Uint8Array(32).fill(number);
  id[0] = first;
  return { id, address: address(0x1000 + number) };
}

/** A node alone with the test. */
export class LoneNode {
  readonly time = new VirtualTime(Date.UTC(2026, 0, 1));
  readonly sent: { to: Address; at: number; message: DhtMessage }[] = [];
  readonly lines: string[] = [];
  readonly directory: DhtDirectory;
  members: Address[] = [];
  /** Members to which there is a way; undefined: to all. */
  reachable: Set<Address> | undefined;
  /** Answers by itself, as the members that the test plays. */
  answer: ((to: Address, message: DhtMessage) => DhtMessage | undefined) | undefined;

  constructor(peer?: Address, options: Record<string, number> = {}, reachable?: Address[]) {
    this.reachable = reachable === undefined ? undefined : new Set(reachable);
    this.directory = new DhtDirectory({
      clock: this.time,
      timers: this.time,
      random: new SeededRandom(1),
      log: this.#log("directory"),
      own: OWN,
      hashLength: 32,
      options: { ...checkOptions(DHT.options, {}), ...options },
      peer,
      members: () => this.members,
      send: (to, bytes) => {
        if (this.reachable !== undefined && !this.reachable.has(to)) return false;
        const message = decodeDht(bytes.slice(), 32);
        this.sent.push({ to, at: this.time.now(), message });
        const answer = this.answer?.(to, message);
        if (answer !== undefined) this.receive(answer);
        return true;
      },
    });
  }

  /** Gives it a message. */
  receive(message: DhtMessage): void {
    this.directory.receive(encodeDht(message));
  }

  /** What was sent since the last call. */
  take(): { to: Address; at: number; message: DhtMessage }[] {
    return this.sent.splice(0);
  }

  /** The messages of one type that were sent since the last call of {@link take}. */
  all<T extends DhtMessage["type"]>(type: T): (DhtMessage & { type: T })[] {
    return this.sent.map(({ message }) => message).filter((message) => isOf(message, type));
  }

  /** The result of a query that has ended. */
  query(wait = 5000): readonly Address[] {
    let found: readonly Address[] | undefined;
    this.directory.query(HASH, (outcome) => {
      assert(outcome.ok);
      found = outcome.value;
    });
    this.time.advance(wait);
    assert(found !== undefined, "the query has not ended");
    return found;
  }

  /** How often something was dropped for a reason. */
  dropped(reason: string): unknown {
    const stats = JSON.parse(JSON.stringify(this.directory.stats()));
    return stats.messages.dropped[reason] ?? 0;
  }

  #log(component: string): Log {
    const line = (level: string) => (text: string) => void this.lines.push(`${component}(${level}): ${text}`);
    return {
      error: line("EE"),
      warning: line("WW"),
      info: line("II"),
      debug: line("DB"),
      component: (name) => this.#log(name),
    };
  }
}

/** Address of the node. */
export const OWN = address(0xabc);

function isOf<T extends DhtMessage["type"]>(
  message: DhtMessage,
  type: T,
): message is DhtMessage & { type: T } {
  return message.type === type;
}

/** The answer of `source` to a question. */
export function answerOf(
  source: DhtContact,
  message: DhtMessage,
  values: readonly Uint8Array[] = [],
  contacts: readonly DhtContact[] = [],
): DhtMessage | undefined {
  if (message.type !== "findNode" && message.type !== "findValue") return undefined;
  const { cookie, key } = message;
  return message.type === "findNode"
    ? { type: "findNodeReply", source, cookie, key, contacts }
    : { type: "findValueReply", source, cookie, key, contacts, values };
}
