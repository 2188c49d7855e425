/**
 * Looks a name up. What other nodes hold may be out of date, so each member that is said to have registered the name is asked
 * itself: one that says so is the result, one that denies it is left out, one that is silent comes last.
 *
 * @module
 */
import type { Address } from "../../../../core/contract/ids.ts";
import { addressOfDhtValue } from "../dht_message.ts";
import { Lookup } from "./lookup.ts";
import type { Node } from "../table/node.ts";
import { ANSWER_VALUES, SEARCH_END, SEARCH_SOFT_END } from "../parameters.ts";
import type { Question, Reply, Requests } from "./requests.ts";

/** What is known of an address that is said to have registered the name. */
type Claim = "asked" | "slow" | "silent" | "denied" | "confirmed";

/** Addresses asked because others named them. */
const MAX_CLAIMS = 16;

/** One search under way. */
export class ValueSearch {
  readonly #key: Uint8Array;
  readonly #lookup: Lookup;
  readonly #claims = new Map<Address, Claim>();
  readonly #answered = new Set<Address>();
  /** Members that are asked because nobody else knew anything; undefined: not yet. */
  #fallback: Set<Address> | undefined;
  #begun = false;
  #softEnd = false;
  #hasAsked = false;
  #over = false;

  /**
   * @param registered whether the name is registered here
   * @param ended gets the addresses, best first, whether members were asked of which none has answered, and whether the best address
   * is more than what others say of a member that does not answer
   */
  constructor(
    private readonly node: Node,
    private readonly requests: Requests,
    key: Uint8Array,
    private readonly registered: () => boolean,
    private readonly ended: (addresses: readonly Address[], silence: boolean, found: boolean) => void,
  ) {
    this.#key = key;
    this.#lookup = new Lookup(node, requests, {
      key,
      type: "findValue",
      replied: (reply) => this.#replied(reply),
      ended: () => this.#advance(),
    });
  }

  /** Begins. `likely` are addresses that had registered the name as far as is known here. It may end during the call. */
  begin(likely: readonly Address[]): void {
    const { timers } = this.node;
    const soft = timers.after(SEARCH_SOFT_END, () => {
      this.#softEnd = true;
      this.#advance();
    });
    const hard = timers.after(SEARCH_END, () => this.#end());
    this.#timers = [soft, hard];
    for (const address of likely) this.#claim(address);
    this.#begun = true;
    this.#advance();
  }

  #timers: readonly { cancel(): void }[] = [];

  /** Says whether the name is registered at `address`, by asking there. */
  #claim(address: Address): void {
    if (this.#claims.has(address) || address === this.node.self.address) return;
    if (this.#claims.size >= MAX_CLAIMS || this.#answered.has(address)) return;
    this.#claims.set(address, "asked");
    const change = (claim: Claim) => () => {
      const before = this.#claims.get(address);
      if (before === "asked" || before === "slow") this.#claims.set(address, claim);
      this.#advance();
    };
    const asked = this.#ask(address, { slow: change("slow"), failed: change("silent") });
    if (!asked && this.#claims.get(address) === "asked") this.#claims.set(address, "silent");
  }

  #ask(to: Address, silent: Pick<Question, "slow" | "failed" | "lost">): boolean {
    const answered = (reply: Reply) => {
      this.#replied(reply);
      this.#fallback?.delete(to);
      this.#advance();
    };
    this.#hasAsked = true;
    return this.requests.ask({ to, type: "findValue", key: this.#key, answered, ...silent }) !== undefined;
  }

  #replied(reply: Reply): void {
    if (this.#over || reply.type !== "findValueReply") return;
    const from = reply.source.address;
    this.#answered.add(from);
    const values = reply.values.slice(0, ANSWER_VALUES).map(addressOfDhtValue);
    if (values.includes(from)) this.#claims.set(from, "confirmed");
    else if (this.#claims.has(from) && values.length < ANSWER_VALUES) this.#claims.set(from, "denied");
    for (const value of values) if (value !== undefined) this.#claim(value);
    this.#advance();
  }

  #has(...wanted: readonly Claim[]): boolean {
    for (const claim of this.#claims.values()) if (wanted.includes(claim)) return true;
    return false;
  }

  #advance(): void {
    if (this.#over || !this.#begun) return;
    const something = this.registered() || this.#has("asked", "slow", "silent");
    if (this.#has("confirmed") || (this.#softEnd && something)) return this.#end();
    // While one that should know is asked, there is no need to ask others.
    if (this.#has("asked")) return this.#lookup.hold();
    if (!this.#lookup.over) return this.#lookup.go();
    if (this.#has("slow")) return;
    if (this.#has("silent")) return this.#end();
    if (this.#fallback === undefined) this.#askMembers();
    if (this.#fallback?.size === 0) this.#end();
  }

  /**
   * In a small layer, members that have not answered may have registered it and found nobody to store it at. They are given as
   * long as an answer counts: a path may be much longer than the others.
   */
  #askMembers(): void {
    const asking = this.#fallback = new Set<Address>();
    const unasked = (this.node.fewMembers() ?? []).filter((member) =>
      !this.#answered.has(member) && !this.#claims.has(member)
    );
    for (const member of unasked) asking.add(member);
    for (const member of unasked) {
      const gone = () => {
        asking.delete(member);
        this.#advance();
      };
      if (!this.#over && !this.#ask(member, { lost: gone })) asking.delete(member);
    }
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#lookup.stop();
    for (const timer of this.#timers) timer.cancel();
    const having = (...wanted: readonly Claim[]) =>
      [...this.#claims].filter(([, claim]) => wanted.includes(claim)).map(([address]) => address);
    const own = this.registered() ? [this.node.self.address] : [];
    const silence = this.#answered.size === 0 && (this.#lookup.hasAsked || this.#hasAsked);
    const addresses = [...having("confirmed"), ...having("asked", "slow"), ...having("silent"), ...own];
    this.ended(addresses, silence, this.#has("confirmed", "asked", "slow"));
  }
}
