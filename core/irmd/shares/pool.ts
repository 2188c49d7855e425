/**
 * Something that the users of a host share, of which there is only so much.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import type { Uid } from "../../contract/ids.ts";

/** How much there is. */
export interface PoolSize {
  /** For all ordinary users together. */
  readonly together: number;
  /** For one of them, whatever is free. */
  readonly each: number;
}

/**
 * A pool. A user may have as much as is left for all others, so that nobody can take all of it: however many greedy users there
 * are, the next one finds something.
 *
 * @example
 * ```ts
 * import { Pool } from "./pool.ts";
 * import { uid } from "../../contract/ids.ts";
 * import assert from "node:assert/strict";
 * const pool = new Pool("flows", { together: 4, each: 3 });
 * for (let count = 0; count < 2; count++) pool.take(uid(1000));
 * assert.throws(() => pool.take(uid(1000)), /user 1000 has 2 flows, of the 4/);
 * pool.take(uid(1001));
 * ```
 */
export class Pool {
  readonly #what: string;
  readonly #size: PoolSize;
  readonly #used = new Map<Uid, number>();
  #all = 0;
  #refused = 0;

  /** @param what it is, in the plural, as in "connections to the IRMd" */
  constructor(what: string, size: PoolSize) {
    this.#what = what;
    this.#size = size;
  }

  /** Returns what all have, what the one with most has, and how often somebody was refused. */
  counts(): Record<string, number> {
    return {
      used: this.#all,
      most: Math.max(0, ...this.#used.values()),
      each: this.#size.each,
      together: this.#size.together,
      refused: this.#refused,
    };
  }

  /** Returns whether a user may have so much more. */
  fits(user: Uid, amount = 1): boolean {
    const { each, together } = this.#size;
    return (this.#used.get(user) ?? 0) + amount <= Math.min(each, together - this.#all);
  }

  /** Checks that a user may have so much more. @throws ExhaustedError that says what he has */
  check(user: Uid, amount = 1): void {
    if (this.fits(user, amount)) return;
    this.refused();
    throw this.refusal(user, amount);
  }

  /** Counts that somebody was refused. */
  refused(): void {
    this.#refused++;
  }

  /** Takes some for a user. @throws ExhaustedError that says what he has */
  take(user: Uid, amount = 1): void {
    this.check(user, amount);
    this.#change(user, amount);
  }

  /** Gives back what a user had. */
  give(user: Uid, amount = 1): void {
    this.#change(user, -amount);
  }

  #change(user: Uid, amount: number): void {
    const used = (this.#used.get(user) ?? 0) + amount;
    this.#all += amount;
    if (used > 0) this.#used.set(user, used);
    else this.#used.delete(user);
  }

  /** Returns what says to a user that he may have no more. */
  refusal(user: Uid, amount = 1): ExhaustedError {
    const used = this.#used.get(user) ?? 0;
    const { each, together } = this.#size;
    const limit = used + amount > each
      ? `and ${each} is the limit for a user`
      : `of the ${together} for all users together, and others need some, too`;
    return new ExhaustedError(
      `user ${user} has ${used} ${this.#what}, ${limit}: end some, or ask the administrator for more`,
    );
  }
}
