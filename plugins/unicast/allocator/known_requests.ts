/**
 * Requests that other members have sent, so that one that comes again gets the same answer instead of a second flow.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import type { Clock } from "../../../core/contract/ports.ts";
import type { EndpointId } from "../../../core/wire/flow_allocation_message.ts";

/** Milliseconds for which an answer is kept: longer than anybody asks again. */
const KEEP = 30_000;
/** Answers kept at most. */
const MAX_ANSWERED = 8192;
/** Requests that may wait for their answer; more are dropped, and come again. */
const MAX_WAITING = 1024;

/** A request that came. */
export interface KnownRequest {
  readonly source: Address;
  /** The requester's end. */
  readonly eid: EndpointId;
  /** The message that answers it; undefined while there is none. */
  readonly reply: Uint8Array | undefined;
}

interface Known extends KnownRequest {
  readonly key: string;
  reply: Uint8Array | undefined;
  /** When the answer is forgotten. */
  expires: number;
}

/** The requests that are known. */
export class KnownRequests {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Known>();
  /** Oldest answer first. */
  readonly #answered = new Map<string, Known>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many wait for their answer. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The request of this source with this EID, if it came before. */
  find(source: Address, eid: EndpointId): KnownRequest | undefined {
    const key = keyOf(source, eid);
    return this.#waiting.get(key) ?? this.#answered.get(key);
  }

  /** Remembers a new request; undefined when there are too many. */
  open(source: Address, eid: EndpointId): KnownRequest | undefined {
    if (this.#waiting.size >= MAX_WAITING) return undefined;
    const key = keyOf(source, eid);
    const known: Known = { key, source, eid, reply: undefined, expires: Infinity };
    this.#waiting.set(key, known);
    return known;
  }

  /** The request is answered, or the answer has changed. */
  answer(request: KnownRequest, reply: Uint8Array): void {
    const key = keyOf(request.source, request.eid);
    const known = this.#waiting.get(key) ?? this.#answered.get(key);
    if (known !== request) return;
    this.#waiting.delete(key);
    this.#answered.delete(key);
    const now = this.#clock.now();
    for (const old of this.#answered.values()) {
      if (old.expires > now && this.#answered.size < MAX_ANSWERED) break;
      this.#answered.delete(old.key);
    }
    known.reply = reply;
    known.expires = now + KEEP;
    this.#answered.set(key, known);
  }
}

const keyOf = (source: Address, { high, low }: EndpointId): string => `${source}/${high}/${low}`;
