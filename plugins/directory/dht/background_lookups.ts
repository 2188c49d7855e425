/**
 * Lookups that nobody waits for urgently, a few at a time: to publish names and to refresh buckets.
 *
 * @module
 */
const MAX_WAITING = 65536;

/** A queue of errands, some of which run. */
export class Errands {
  readonly #atOnce: number;
  readonly #waiting: ((over: () => void) => void)[] = [];
  #running = 0;
  #starting = false;

  /** @param atOnce how many run at a time */
  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Starts an errand, now or when its turn comes; it says when it is over. False: too many wait. */
  add(errand: (over: () => void) => void): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(errand);
    this.#start();
    return true;
  }

  #start(): void {
    if (this.#starting) return; // An errand that is over at once does not nest.
    this.#starting = true;
    while (this.#running < this.#atOnce) {
      const errand = this.#waiting.shift();
      if (errand === undefined) break;
      this.#running++;
      errand(() => {
        this.#running--;
        this.#start();
      });
    }
    this.#starting = false;
  }
}
