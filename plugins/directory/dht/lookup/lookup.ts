/**
 * An iterative lookup: always asks the nearest node that was not asked yet, some at a time, until the k nearest nodes
 * seen have answered.
 *
 * @module
 */
import type { Address } from "../../../../core/contract/ids.ts";
import type { DhtContact, DhtFind } from "../dht_message.ts";
import type { Node } from "../table/node.ts";
import type { Reply, Requests } from "./requests.ts";
import { compareDistance } from "../table/xor.ts";

interface Candidate {
  readonly contact: DhtContact;
  /** `slow`: it was asked, but another one may be asked in its place. `late`: an answer would count, but is not waited for. */
  state: "new" | "asked" | "slow" | "late" | "failed" | "answered";
}

/** What a lookup is for, and what it tells. */
export interface LookupTask {
  readonly key: Uint8Array;
  readonly type: DhtFind["type"];
  /** Called for each answer, before the next nodes are asked. It may stop the lookup. */
  replied?(reply: Reply): void;
  /** Called once when there is nobody left to ask; not after {@link Lookup.stop}. */
  ended(): void;
}

/** Nodes kept in mind: those that are farther cannot matter. */
const MAX_CANDIDATES = 64;
/** Requests of one lookup, in case that nodes lie without end. */
const MAX_ASKED = 100;

/** A lookup under way. */
export class Lookup {
  /** Nearest first. */
  readonly #candidates: Candidate[] = [];
  readonly #addresses = new Set<Address>();
  #state: "waiting" | "running" | "held" | "over" = "waiting";
  #pumping = false;
  #asked = 0;
  #answers = 0;

  constructor(
    private readonly node: Node,
    private readonly requests: Requests,
    private readonly task: LookupTask,
  ) {}

  /** Returns whether it has asked, or tried to ask, somebody. */
  get hasAsked(): boolean {
    return this.#asked > 0;
  }

  /** Returns whether nobody is left to ask, or it was stopped. */
  get over(): boolean {
    return this.#state === "over";
  }

  /** Begins with the nearest contacts, or goes on after {@link hold}. */
  go(): void {
    if (this.#state === "waiting") {
      const { table, parameters: { k } } = this.node;
      const { key } = this.task;
      const alive = table.closest(key, k, ({ failures }) => failures === 0);
      for (const contact of alive.length > 0 ? alive : table.closest(key, k)) this.#add(contact);
    }
    if (this.#state !== "over") this.#state = "running";
    this.#pump();
  }

  /** Asks nobody else until {@link go}; answers count. */
  hold(): void {
    if (this.#state === "running") this.#state = "held";
  }

  /** Ends it. Answers that are still to come tell only that their senders are there. */
  stop(): void {
    this.#state = "over";
  }

  /** Returns the nearest nodes that have answered, nearest first. */
  found(count: number): DhtContact[] {
    return this.#candidates.filter(({ state }) => state === "answered").slice(0, count)
      .map(({ contact }) => contact);
  }

  #add(contact: DhtContact): void {
    const { address } = contact;
    if (address === this.node.self.address || this.#addresses.has(address)) return;
    const { key } = this.task;
    let at = this.#candidates.length;
    while (at > 0 && compareDistance(key, contact.id, this.#candidates[at - 1].contact.id) < 0) at--;
    if (at >= MAX_CANDIDATES) return;
    this.#addresses.add(address);
    // Ids of messages are views that do not last.
    this.#candidates.splice(at, 0, { contact: { id: contact.id.slice(), address }, state: "new" });
    const last = this.#candidates.at(-1);
    if (last?.state === "new" && this.#candidates.length > MAX_CANDIDATES) {
      this.#candidates.pop();
      this.#addresses.delete(last.contact.address);
    }
  }

  #pump(): void {
    if (this.#pumping) return; // An answer came while a request was sent: the loop below goes on with it.
    this.#pumping = true;
    let busy = false;
    while (this.#state === "running") {
      const { next, pending } = this.#look();
      busy = pending;
      if (next === undefined) break;
      this.#ask(next);
    }
    this.#pumping = false;
    if (this.#state !== "running" || busy) return;
    this.#state = "over";
    this.task.ended();
  }

  /** The candidate to ask now, and whether something is still waited for. */
  #look(): { next?: Candidate; pending: boolean } {
    const { alpha, k } = this.node.parameters;
    let next: Candidate | undefined;
    let [inFlight, pending, late, counted] = [0, false, false, 0];
    for (const candidate of this.#candidates) {
      const { state } = candidate;
      if (state === "asked") inFlight++;
      if (state === "late") late = true;
      if (state === "late" || state === "failed" || counted === k) continue;
      counted++;
      if (state === "asked" || state === "slow") pending = true;
      if (state !== "new" || this.#asked >= MAX_ASKED) continue;
      pending = true;
      next ??= candidate;
    }
    // Without any answer so far, it may be the network that takes its time.
    if (late && this.#answers === 0) pending = true;
    return inFlight < alpha ? { next, pending } : { pending };
  }

  #ask(candidate: Candidate): void {
    const { key, type } = this.task;
    const { contact } = candidate;
    this.#asked++;
    candidate.state = "asked";
    const to = (state: Candidate["state"]) => () => {
      candidate.state = state;
      this.#pump();
    };
    const asked = this.requests.ask({
      to: contact.address,
      type,
      key,
      answered: (reply) => {
        candidate.state = "answered";
        this.#answers++;
        if (this.over) return;
        for (const found of reply.contacts) this.#add(found);
        this.task.replied?.(reply);
        this.#pump();
      },
      slow: to("slow"),
      failed: to("late"),
      lost: to("failed"),
    });
    if (asked === undefined) candidate.state = "failed";
  }
}
