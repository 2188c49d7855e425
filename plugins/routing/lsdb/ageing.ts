/**
 * Removes entries that were not heard of for too long. The own clock counts, which never jumps, and one deadline
 * serves all entries: none is due before the one that was oldest at the last look.
 *
 * @module
 */
import type { Address } from "../../../core/contract/ids.ts";
import { DEADLINE, type Deadlines } from "../times.ts";
import type { Lsdb } from "./lsdb.ts";

/** Milliseconds between two looks, at least. */
const GRAIN = 1000;

/** Looks for entries that are too old. */
export class Ageing {
  /**
   * @param life milliseconds for which an entry lives that is not heard of
   * @param expire removes entries
   */
  constructor(
    private readonly lsdb: Lsdb,
    private readonly own: Address,
    private readonly life: number,
    private readonly deadlines: Deadlines,
    private readonly expire: (slots: readonly number[], now: number) => void,
  ) {}

  /** Plans a look at an entry that was added and may age out. */
  added(now: number): void {
    this.deadlines.setEarlier(DEADLINE.expire, now + this.life + GRAIN);
  }

  /** Looks at all entries for those that are too old. */
  look(now: number): void {
    const expired: number[] = [];
    let oldest = -1;
    for (let slot = 0; slot < this.lsdb.bound; slot++) {
      if (!this.lsdb.used(slot)) continue;
      // Own adjacencies live as long as their flows.
      if (this.lsdb.source(slot) === this.own && this.lsdb.announced(slot)) continue;
      const age = this.lsdb.age(slot, now);
      if (age > this.life) expired.push(slot);
      else oldest = Math.max(oldest, age);
    }
    if (oldest >= 0) {
      this.deadlines.setEarlier(DEADLINE.expire, now + Math.max(GRAIN, this.life - oldest + GRAIN / 2));
    }
    if (expired.length > 0) this.expire(expired, now);
  }
}
