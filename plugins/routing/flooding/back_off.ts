/**
 * Decides when routes are computed after a change: soon after a first one, later and later while changes go on (as in RFC 8405), so that a
 * layer in turmoil does little else than one that is at rest.
 *
 * @module
 */
import { DEADLINE, type Deadlines } from "../times.ts";

/** Milliseconds before the first computation after a calm. */
const FIRST = 20;
/** Longest wait for a change next to this member, on which its own traffic depends. */
const NEAR = 250;
/** Calm enough to begin anew, in milliseconds at least. */
const CALM = 1000;

/** Delays computations. */
export class BackOff {
  #wait = FIRST;
  #changed = -Infinity;

  constructor(
    /** Longest wait in milliseconds. */
    private readonly longest: number,
    private readonly deadlines: Deadlines,
    private readonly compute: (now: number) => void,
  ) {}

  /** Plans a computation after a change. @param near an adjacency of this member has changed */
  changed(now: number, near: boolean): void {
    if (now - this.#changed > Math.max(CALM, 2 * this.#wait)) this.#wait = FIRST;
    this.#changed = now;
    this.deadlines.setEarlier(DEADLINE.compute, now + (near ? Math.min(this.#wait, NEAR) : this.#wait));
  }

  /** Computes at once, after a change that cannot wait. */
  computeNow(now: number): void {
    this.deadlines.clear(DEADLINE.compute);
    this.compute(now);
  }

  /** Computes at {@link DEADLINE.compute}. */
  due(now: number): void {
    this.#wait = Math.min(2 * this.#wait, this.longest);
    this.compute(now);
  }
}
