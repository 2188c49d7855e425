/**
 * Which other members take a request that comes again for the same request. The reference does not: it refuses the second one
 * as a replay, uses up a process's call of accept for it, and may then answer no request any more. Members of this implementation
 * do, and they answer probes, so a probe tells.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Random } from "../../../core/contract/ports.ts";
import {
  encodeFlowAllocationMessage,
  type EndpointId,
  FLOW_ALLOCATION_HEADER_BYTES as SMALLEST,
  type FlowAllocationProbeAnswer,
} from "../../../core/wire/flow_allocation_message.ts";

/** Members that are remembered; the one that was met first is forgotten first. */
const MAX_KNOWN = 1024;

/** What it works with. */
export interface GreetingsParts {
  readonly random: Random;
  /** Address of this member. */
  readonly own: Address;
  /** Sends a message to another flow allocator. */
  send(to: Address, message: Uint8Array): void;
}

/** A question under way. */
export interface Greeting {
  /** Nobody waits for its answer any more. */
  cancel(): void;
}

/** Tells members of this implementation from others. */
export class Greetings {
  readonly #parts: GreetingsParts;
  readonly #known = new Set<Address>();
  readonly #waiting = new Map<string, { readonly remote: Address; readonly answered: () => void }>();

  constructor(parts: GreetingsParts) {
    this.#parts = parts;
  }

  /** Is the member known to be of this implementation? */
  knows(remote: Address): boolean {
    return this.#known.has(remote);
  }

  /** Asks a member once. @param answered called when it answers */
  greet(remote: Address, answered: () => void): Greeting {
    const { random, own } = this.#parts;
    const id: EndpointId = { high: random.uint32(), low: random.uint32() };
    const key = keyOf(id);
    this.#waiting.set(key, { remote, answered });
    this.#parts.send(remote, encodeFlowAllocationMessage({ kind: "probe", source: own, id, size: SMALLEST }));
    return { cancel: () => void this.#waiting.delete(key) };
  }

  /** An answer to a probe came. @returns whether it is one to a greeting */
  answered({ id }: FlowAllocationProbeAnswer): boolean {
    const key = keyOf(id);
    const waiting = this.#waiting.get(key);
    if (!waiting) return false;
    this.#waiting.delete(key);
    this.#remember(waiting.remote);
    waiting.answered();
    return true;
  }

  #remember(remote: Address): void {
    this.#known.add(remote);
    if (this.#known.size <= MAX_KNOWN) return;
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      break;
    }
  }
}

const keyOf = ({ high, low }: EndpointId): string => `${high} ${low}`;
