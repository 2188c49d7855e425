/**
 * Finds flows whose other end is gone without a word: a member that was started again keeps its address, but not its flows, and packets
 * do not say where they come from, so that it cannot tell their senders. Only members of our kind are asked.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Clock, Timer } from "../../../core/contract/ports.ts";
import { TokenBucket } from "../../../core/kit/token_bucket.ts";
import { encodeFlowAllocationMessage, type FlowAllocationCheck } from "../wire/flow_allocation_message.ts";
import type { EndpointTable } from "./endpoint_table.ts";
import type { UserFlow } from "./user_flow.ts";

/** Milliseconds between two looks at the flows. */
const LOOK = 1000;
/** A flow that only sends is asked about after so many looks, so many times; then ever more rarely, up to the greatest number of looks. */
const FIRST_LOOKS = 2, FIRST_CHECKS = 8, MOST_LOOKS = 32;
/** Checks that are answered: a second, and at once. */
const ANSWERS = { rate: 1000, burst: 1000 };

/** What the checks work with. */
export interface FlowChecksContext {
  readonly clock: Clock;
  /** Address of this member. */
  readonly own: Address;
  readonly endpoints: EndpointTable<UserFlow>;
  /** Is the member of our kind? */
  knows(peer: Address): boolean;
  /** Sends a message to another flow allocator. */
  send(to: Address, message: Uint8Array): void;
  after(delay: number, run: () => void): Timer;
}

interface Watched {
  received: number;
  sent: number;
  /** Looks since something was received, while something was sent. */
  silent: number;
  /** Checks since something was received. */
  checks: number;
}

/** The checks of a member's flows. */
export class FlowChecks {
  readonly #watched = new Map<UserFlow, Watched>();
  readonly #answers = new TokenBucket(ANSWERS);
  #looking = false;

  constructor(private readonly context: FlowChecksContext) {}

  /** Watches a flow that is up. */
  opened(user: UserFlow): void {
    const { received, sent } = user;
    this.#watched.set(user, { received, sent, silent: 0, checks: 0 });
    if (this.#looking) return;
    this.#looking = true;
    this.context.after(LOOK, () => this.#look());
  }

  /** Watches it no more. */
  closed(user: UserFlow): void {
    this.#watched.delete(user);
  }

  /** There is a way to the other end again: who was out of reach may have been started again meanwhile. */
  reachable(user: UserFlow): void {
    const watched = this.#watched.get(user);
    if (watched) watched.silent = watched.checks = 0;
    this.#ask(user);
  }

  /** Asks whether the other end of a flow is there: if it is not, a deallocation comes back. */
  #ask({ peer, remoteEid, eid }: UserFlow): void {
    const { own, knows, send } = this.context;
    if (!knows(peer)) return;
    send(peer, encodeFlowAllocationMessage({ kind: "check", source: own, sourceEid: eid, remoteEid }));
  }

  /** Answers a check, unless the end that it asks for is there. */
  received({ source, sourceEid, remoteEid }: FlowAllocationCheck): void {
    const user = this.context.endpoints.find(remoteEid.high, remoteEid.low);
    const there = user !== undefined && user.state !== "lost" && user.peer === source &&
      user.remoteHigh === sourceEid.high && user.remoteLow === sourceEid.low;
    if (there || !this.#answers.take(this.context.clock.now())) return;
    this.context.send(source, encodeFlowAllocationMessage({ kind: "deallocate", remoteEid: sourceEid }));
  }

  #look(): void {
    for (const [user, watched] of this.#watched) {
      const { received, sent } = user;
      if (received !== watched.received) {
        watched.silent = watched.checks = 0;
      } else if (sent !== watched.sent && ++watched.silent >= looksAfter(watched.checks)) {
        watched.silent = 0;
        watched.checks++;
        this.#ask(user);
      }
      watched.received = received;
      watched.sent = sent;
    }
    this.#looking = this.#watched.size > 0;
    if (this.#looking) this.context.after(LOOK, () => this.#look());
  }
}

/** After so many checks, how many looks there are until the next one. */
const looksAfter = (checks: number): number =>
  Math.min(MOST_LOOKS, FIRST_LOOKS * 2 ** Math.max(0, checks - FIRST_CHECKS + 1));
