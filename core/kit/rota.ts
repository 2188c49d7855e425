/**
 * Who comes next where many want to be served by one process: so many are in a turn, users by rotation.
 *
 * @module
 */

/**
 * Lets so many enter in a turn; those of other users come between the many of one.
 *
 * @example
 * ```ts
 * import { Rota } from "./rota.ts";
 * import assert from "node:assert/strict";
 * let turn = () => {};
 * const rota = new Rota(1, (run) => turn = run);
 * const order: string[] = [];
 * for (const who of ["a", "a", "a", "b"]) rota.enter(who)?.then(() => order.push(who));
 * for (let count = 0; count < 3; count++) (turn(), await Promise.resolve());
 * assert.deepEqual(order, ["a", "b", "a"]); // The first one did not have to wait.
 * ```
 */
export class Rota<User> {
  readonly #perTurn: number;
  readonly #afterTurn: (run: () => void) => void;
  /** By user, who has waited longest first; users in the order in which they come next. */
  readonly #waiting = new Map<User, Set<() => void>>();
  #left: number;
  #planned = false;

  /** @param afterTurn calls once when a turn is over */
  constructor(perTurn: number, afterTurn: (run: () => void) => void) {
    this.#perTurn = perTurn;
    this.#left = perTurn;
    this.#afterTurn = afterTurn;
  }

  /** Waits for a place; undefined: there is one at once. */
  enter(user: User): Promise<void> | undefined {
    this.#plan();
    if (this.#left > 0) {
      this.#left--;
      return undefined;
    }
    return new Promise((resolve) => {
      const others = this.#waiting.get(user);
      if (others) others.add(resolve);
      else this.#waiting.set(user, new Set([resolve]));
    });
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#afterTurn(() => this.#next());
  }

  #next(): void {
    this.#planned = false;
    this.#left = this.#perTurn;
    while (this.#left > 0) {
      const [first] = this.#waiting;
      if (!first) return;
      const [user, own] = first;
      const [resume] = own;
      own.delete(resume);
      this.#waiting.delete(user);
      if (own.size > 0) this.#waiting.set(user, own);
      this.#left--;
      resume();
    }
    this.#plan();
  }
}
