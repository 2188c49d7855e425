/**
 * Remembers entries that have aged out, for a while. Others may still have them, and tell them to each node that connects: a sequence
 * number that has not risen since says that nobody refreshes the entry, so it must not come to life again.
 *
 * @module
 */

/** Entries remembered in each half of the time. */
const LIMIT = 4096;

/** Sequence numbers of entries that have aged out. */
export class Tombstones {
  #recent = new Map<string, number>();
  #earlier = new Map<string, number>();
  #turned = 0;

  constructor(
    /** Milliseconds for which an entry is remembered at least. */
    private readonly time: number,
  ) {}

  /** Remembers an entry that has aged out. */
  add(source: number, destination: number, sequence: number, now: number): void {
    this.#turn(now);
    if (this.#recent.size < LIMIT) this.#recent.set(`${source} ${destination}`, sequence);
  }

  /** Returns whether the entry has aged out with just this number. */
  has(source: number, destination: number, sequence: number, now: number): boolean {
    this.#turn(now);
    if (this.#recent.size === 0 && this.#earlier.size === 0) return false;
    const key = `${source} ${destination}`;
    return (this.#recent.get(key) ?? this.#earlier.get(key)) === sequence;
  }

  #turn(now: number): void {
    const passed = now - this.#turned;
    if (passed < this.time) return;
    this.#earlier = passed < 2 * this.time ? this.#recent : new Map();
    this.#recent = new Map();
    this.#turned = now;
  }
}
