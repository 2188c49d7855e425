/**
 * Lines in which the requests of one user for one thing wait, so that those of others do not wait behind all of them.
 *
 * @module
 */

interface Line {
  active: number;
  readonly waiting: Set<() => void>;
}

/**
 * Lets only so many of each kind be under way.
 *
 * @example
 * ```ts
 * import { Turns } from "./turns.ts";
 * import assert from "node:assert/strict";
 * const turns = new Turns(1);
 * const begun: string[] = [];
 * const leave = turns.enter("user 1", () => begun.push("first"));
 * turns.enter("user 1", () => begun.push("second"));
 * turns.enter("user 2", () => begun.push("another's"));
 * leave();
 * assert.deepEqual(begun, ["first", "another's", "second"]);
 * ```
 */
export class Turns {
  readonly #limit: number;
  readonly #lines = new Map<string, Line>();

  /** @param limit how many of a kind may be under way */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Calls `begin` when it is its turn, perhaps at once. @returns what says that it is over, or is not wanted any more */
  enter(kind: string, begin: () => void): () => void {
    let line = this.#lines.get(kind);
    if (!line) this.#lines.set(kind, line = { active: 0, waiting: new Set() });
    const { waiting } = line;
    const leave = () => {
      if (!waiting.delete(begin)) this.#next(kind, line);
    };
    if (line.active >= this.#limit) waiting.add(begin);
    else {
      line.active++;
      begin();
    }
    return leave;
  }

  #next(kind: string, line: Line): void {
    const [begin] = line.waiting;
    if (begin) {
      line.waiting.delete(begin);
      begin();
    } else if (--line.active === 0) this.#lines.delete(kind);
  }
}
