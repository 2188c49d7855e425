/**
 * Which other members take a request that comes again for the same request. The reference does not: it refuses the second one
 * as a replay, uses up a process's call of accept for it, and may then answer no request any more. Members of this implementation
 * do, and they answer probes, so a probe tells.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Random } from "../../../core/contract/ports.ts";
import { BoundedMap, BoundedSet } from "../../../core/kit/bounded_map.ts";
import {
  encodeFlowAllocationMessage,
  type EndpointId,
  FLOW_ALLOCATION_HEADER_BYTES as SMALLEST,
  type FlowAllocationProbeAnswer,
} from "../wire/flow_allocation_message.ts";

/** Members that are remembered, and probes that wait for an answer; the oldest is forgotten first. */
const MAX_KNOWN = 1024;

/** What it works with. */
export interface PeerProbeContext {
  readonly random: Random;
  /** Address of this member. */
  readonly own: Address;
  /** Sends a message to another flow allocator. */
  send(to: Address, message: Uint8Array): void;
}

/** Tells members of this implementation from others. */
export class PeerProbe {
  readonly #known = new BoundedSet<Address>(MAX_KNOWN);
  readonly #waiting = new BoundedMap<string, { readonly remote: Address; readonly supports: () => void }>(
    MAX_KNOWN,
  );

  constructor(private readonly context: PeerProbeContext) {}

  /** Finds out whether a member supports retries. @param supports called when it does: at once if that is known, or when it answers */
  supportsRetry(remote: Address, supports: () => void): void {
    if (this.#known.has(remote)) return supports();
    const { random, own } = this.context;
    const id: EndpointId = { high: random.uint32(), low: random.uint32() };
    this.#waiting.set(keyOf(id), { remote, supports });
    this.context.send(
      remote,
      encodeFlowAllocationMessage({ kind: "probe", source: own, id, size: SMALLEST }),
    );
  }

  /** Takes an answer to a probe. @returns whether the probe was one of these */
  answered({ id }: FlowAllocationProbeAnswer): boolean {
    const key = keyOf(id);
    const waiting = this.#waiting.get(key);
    if (!waiting) return false;
    this.#waiting.delete(key);
    this.#known.add(waiting.remote);
    waiting.supports();
    return true;
  }
}

const keyOf = ({ high, low }: EndpointId): string => `${high} ${low}`;
