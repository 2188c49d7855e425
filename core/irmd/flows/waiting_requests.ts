/**
 * Requests for flows that wait for a process that accepts: so many, and no more.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import type { IncomingRequest } from "../tables/records.ts";

/** How many requests may wait. */
export interface WaitingLimits {
  /** For one name. */
  readonly perName: number;
  /** In all. */
  readonly requests: number;
  /** Bytes of the allocation protocol in all. */
  readonly bytes: number;
}

const LIMITS: WaitingLimits = { perName: 1024, requests: 4096, bytes: 32 << 20 };

/** For each name the requests that wait, oldest first. A host that asks has proved nothing yet, so that there are limits. */
export class WaitingRequests {
  readonly #limits: WaitingLimits;
  readonly #byName = new Map<string, Set<IncomingRequest>>();
  #count = 0;
  #bytes = 0;

  constructor(limits: WaitingLimits = LIMITS) {
    this.#limits = limits;
  }

  /** Returns how many requests wait. */
  get size(): number {
    return this.#count;
  }

  /** Adds a request. @throws ExhaustedError when too many wait */
  add(request: IncomingRequest): void {
    const { perName, requests, bytes } = this.#limits;
    const { name } = request.name;
    const there = this.#byName.get(name);
    if (
      (there?.size ?? 0) >= perName || this.#count >= requests || this.#bytes + request.data.length > bytes
    ) {
      throw new ExhaustedError(`too many requests wait for a process that accepts flows for "${name}"`);
    }
    this.#count++;
    this.#bytes += request.data.length;
    if (there) there.add(request);
    else this.#byName.set(name, new Set([request]));
    request.ipcp.requests.add(request);
  }

  /** Returns the requests for a name. They may be removed meanwhile. */
  of(name: string): Iterable<IncomingRequest> {
    return this.#byName.get(name) ?? [];
  }

  /** Takes a request out and stops its timer; false when it does not wait. */
  remove(request: IncomingRequest): boolean {
    const { name } = request.name;
    const there = this.#byName.get(name);
    if (!there?.delete(request)) return false;
    if (there.size === 0) this.#byName.delete(name);
    this.#count--;
    this.#bytes -= request.data.length;
    request.ipcp.requests.delete(request);
    request.timer?.cancel();
    return true;
  }
}
