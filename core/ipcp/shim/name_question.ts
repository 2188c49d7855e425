/**
 * A question for a name to others on a network: put again and again, since packets get lost, until somebody answers or all
 * have been silent for long.
 *
 * @module
 */
import type { Timer, Timers } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";

/** Milliseconds from one question to the next; the last gap is repeated. */
const GAPS = [60, 100, 200, 400, 800, 1600, 2000];
/** Milliseconds of silence after which nobody has the name: at least and at most, and in measured round trips. */
const SILENCE = { least: 3000, most: 10_000, roundTrips: 3 };
/** Stations of which the round trip is known. */
const MAX_MEASURED = 256;

/** How long answers of others take. */
export class AnswerTimes {
  /** By station. */
  readonly #times = new BoundedMap<string, number>(MAX_MEASURED);

  /** Notes that the answer of a station took so many milliseconds. */
  note(station: string, time: number): void {
    this.#times.set(station, time);
  }

  /** Returns the longest in milliseconds; 0 when nobody has answered yet. */
  get longest(): number {
    return Math.max(0, ...this.#times.values());
  }

  /** Returns the milliseconds after which silence means that nobody will answer. A path may have become longer than it was. */
  get silence(): number {
    return Math.min(SILENCE.most, Math.max(SILENCE.least, SILENCE.roundTrips * this.longest));
  }
}

/** One question, from now on. */
export class NameQuestion {
  #timer: Timer | undefined;
  #limit: Timer;

  /**
   * Puts the question for the second time soon; the first time is the caller's.
   *
   * @param put puts it again
   * @param silent called once when nobody has answered for `silence` milliseconds
   */
  constructor(
    private readonly timers: Timers,
    private readonly put: () => void,
    silence: number,
    silent: () => void,
  ) {
    this.#limit = timers.after(silence, () => {
      this.end();
      silent();
    });
    this.#again(0);
  }

  /** Puts it no more. */
  end(): void {
    this.#timer?.cancel();
    this.#limit.cancel();
  }

  #again(round: number): void {
    this.#timer = this.timers.after(GAPS[Math.min(round, GAPS.length - 1)], () => {
      this.#again(round + 1);
      this.put();
    });
  }
}
