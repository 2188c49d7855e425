/**
 * Lookups that nobody waits for urgently, a few at a time: to publish names and to refresh buckets.
 *
 * @module
 */
const MAX_WAITING = 65536;

/** A queue of lookups, of which some run. */
export class BackgroundLookups {
  readonly #waiting: ((over: () => void) => void)[] = [];
  #running = 0;
  #starting = false;

  /** @param atOnce how many run at a time */
  constructor(private readonly atOnce: number) {}

  /** Starts a lookup, now or when its turn comes; it says when it is over. False: too many wait. */
  add(lookup: (over: () => void) => void): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(lookup);
    this.#start();
    return true;
  }

  #start(): void {
    if (this.#starting) return; // A lookup that is over at once does not nest.
    this.#starting = true;
    while (this.#running < this.atOnce) {
      const lookup = this.#waiting.shift();
      if (lookup === undefined) break;
      this.#running++;
      lookup(() => {
        this.#running--;
        this.#start();
      });
    }
    this.#starting = false;
  }
}
