/**
 * An impairment of all packets that an IPCP sends, or all that it receives, while it runs.
 *
 * @module
 */
import type { Clock, Timers } from "../../contract/ports.ts";
import { impairment, type ImpairmentCounts, noCounts } from "../../kit/impairment.ts";
import type { Impairment } from "../../kit/impairment.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import type { ImpairmentSettings } from "../../wire/local/impairment_json.ts";

/** Packets, and bytes of them, that may be delayed at once; more are dropped. */
const MAX_HELD = 16_384;
const MAX_HELD_BYTES = 32 * 1024 * 1024;

/** What a path has done, in packets. */
export interface PathCounts extends ImpairmentCounts {
  /** Copies dropped because too many waited. */
  dropped: number;
}

/** One direction, for all flows and ports of an IPCP. */
export class ImpairedPath {
  /** What it does; the seed is always there. */
  readonly settings: ImpairmentSettings & { readonly seed: number };
  /** What it has done. */
  readonly counts: PathCounts = { ...noCounts(), dropped: 0 };
  /** Reads time. */
  readonly clock: Clock;
  /** Arms timers. */
  readonly timers: Timers;
  /** What happens to a packet. */
  readonly impair: Impairment;
  #held = 0;
  #heldBytes = 0;

  /** @param stream the same seed gives each of them other values */
  constructor(
    settings: ImpairedPath["settings"],
    stream: 0 | 1,
    { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  ) {
    this.settings = settings;
    this.clock = clock;
    this.timers = timers;
    this.impair = impairment(
      settings,
      new SeededRandom(stream === 0 ? settings.seed : ~settings.seed),
      this.counts,
    );
  }

  /** Packets that wait. */
  get held(): number {
    return this.#held;
  }

  /** Whether a packet of so many bytes may wait; it is counted, one way or the other. */
  hold(length: number): boolean {
    if (this.#held >= MAX_HELD || this.#heldBytes + length > MAX_HELD_BYTES) {
      this.counts.dropped++;
      return false;
    }
    this.#held++;
    this.#heldBytes += length;
    return true;
  }

  /** A packet waits no more. */
  release(length: number): void {
    this.#held--;
    this.#heldBytes -= length;
  }
}
