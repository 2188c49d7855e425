/**
 * Requests that peers have sent, so that one that comes again gets the same answer instead of a second flow.
 *
 * @module
 */
import type { Clock } from "../../contract/ports.ts";

/** Milliseconds for which an answer is kept: longer than anybody asks again. */
const KEEP = 30_000;
/** Answers kept at most for that time. */
const MAX_KEPT = 8192;

/** A request by its peer and the id of the peer's end, as text. */
export interface KeyedRequest {
  readonly key: string;
}

/** The requests that are known. */
export class KnownRequests<Request extends KeyedRequest> {
  readonly #open = new Map<string, Request>();
  /** Answered, the oldest answer first. */
  readonly #kept = new Map<string, { readonly request: Request; readonly expires: number }>();

  constructor(private readonly clock: Clock) {}

  /** Returns how many are known until they are {@link keep kept} or {@link remove removed}. */
  get open(): number {
    return this.#open.size;
  }

  /** Returns the request with this key, if it came before. */
  find(key: string): Request | undefined {
    return this.#open.get(key) ?? this.#kept.get(key)?.request;
  }

  /** Remembers a request, in the place of one that has the same key. */
  add(request: Request): void {
    this.#open.set(request.key, request);
  }

  /** Keeps a request for a while from now on, since it is answered. One that is not known is left alone. */
  keep(request: Request): void {
    const { key } = request;
    if (this.find(key) !== request) return;
    this.#open.delete(key);
    this.#kept.delete(key);
    const now = this.clock.now();
    for (const [old, { expires }] of this.#kept) {
      if (expires > now && this.#kept.size < MAX_KEPT) break;
      this.#kept.delete(old);
    }
    this.#kept.set(key, { request, expires: now + KEEP });
  }

  /** Forgets a request that is not kept, if it is known. */
  remove(request: Request): void {
    if (this.#open.get(request.key) === request) this.#open.delete(request.key);
  }
}
