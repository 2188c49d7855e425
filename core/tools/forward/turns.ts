/**
 * Work of which only so much is done at a time: what comes more waits for its turn, in order.
 *
 * @module
 */

/**
 * Turns at some work.
 *
 * @example
 * ```ts
 * import { Turns } from "./turns.ts";
 * import assert from "node:assert/strict";
 * const turns = new Turns(1);
 * const order: string[] = [];
 * await Promise.all(["a", "b"].map((word) => turns.run(async () => {
 *   order.push(word);
 *   await Promise.resolve();
 *   order.push(word);
 * })));
 * assert.deepEqual(order, ["a", "a", "b", "b"]);
 * ```
 */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** @param most how much work is done at a time */
  constructor(most: number) {
    this.#free = most;
  }

  /** Does some work when it is its turn. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
