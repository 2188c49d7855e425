/**
 * A bounded queue of lines in front of an {@link Output}: what is written in one turn goes out together and in order;
 * when nobody takes the lines they wait, and past the limit they are dropped and counted.
 *
 * @module
 */
import type { Timer, Timers } from "../../contract/ports.ts";
import { GONE, type Output } from "./non_blocking_output.ts";

/** Bytes in one write: what a pipe takes whole or not at all, so that lines of several processes do not mix. */
const CHUNK = 4096;
/** Characters that may wait. */
export const MAX_WAITING = 256 * 1024;
/** After a refusal the next attempt comes after this many milliseconds, then after twice as many, up to the last. */
const FIRST_RETRY = 5, LAST_RETRY = 200;
const CUT = "…";
const NEWLINE = 10;

const encoder = new TextEncoder();

/** Takes lines and gets them written. */
export class LineQueue {
  readonly #chunk = new Uint8Array(CHUNK);
  /** The part of the chunk that is not written yet. */
  #start = 0;
  #end = 0;
  #lines: string[] = [];
  #next = 0;
  #waiting = 0;
  #lost = 0;
  #gone = false;
  #scheduled = false;
  #retry: Timer | undefined;
  #delay = FIRST_RETRY;
  #idle: (() => void)[] = [];

  /** @param lossLine the line that says how many lines were lost */
  constructor(
    private readonly output: Output,
    private readonly timers: Timers,
    private readonly lossLine: (count: number) => string,
  ) {}

  /** Lines dropped that no line has told of yet. */
  get lost(): number {
    return this.#lost;
  }

  /** Takes a line, without its line end. */
  push(line: string): void {
    const full = () => this.#waiting + line.length > MAX_WAITING;
    if (full() && !this.#retry) this.drain(); // More in one turn than may wait.
    if (this.#gone || full()) {
      this.#lost++;
      return;
    }
    if (this.#lost > 0) this.#tellLoss();
    this.#append(line);
    if (this.#scheduled || this.#retry) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (!this.#retry) this.drain();
    });
  }

  /** Writes what the output takes now. */
  drain(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    while (this.#fill()) {
      const taken = this.output.write(this.#chunk.subarray(this.#start, this.#end));
      if (taken === GONE) return this.#giveUp();
      if (taken === 0) return this.#later();
      this.#delay = FIRST_RETRY;
      this.#start += taken;
    }
    for (const run of this.#idle.splice(0)) run();
  }

  /** Calls `run` once nothing waits any more: at once, after a later write, or when nobody will take the rest. */
  whenIdle(run: () => void): void {
    if (this.#start === this.#end && this.#next === this.#lines.length) run();
    else this.#idle.push(run);
  }

  #append(line: string): void {
    this.#lines.push(line);
    this.#waiting += line.length;
  }

  #tellLoss(): void {
    this.#append(this.lossLine(this.#lost));
    this.#lost = 0;
  }

  /** Makes sure that the chunk holds something to write; false when there is nothing. */
  #fill(): boolean {
    if (this.#start < this.#end) return true;
    if (this.#next === this.#lines.length && this.#lost > 0) this.#tellLoss();
    this.#start = this.#end = 0;
    const most = this.output.messages ? 1 : Infinity;
    for (let count = 0; count < most && this.#next < this.#lines.length; count++) {
      const line = this.#lines[this.#next];
      if (!this.#encode(line)) break;
      this.#waiting -= line.length;
      this.#next++;
    }
    if (this.#next === this.#lines.length) {
      this.#lines = [];
      this.#next = 0;
    }
    return this.#end > 0;
  }

  /** Puts a line into the chunk; false when it must wait for the next one. A line longer than a chunk is cut. */
  #encode(line: string): boolean {
    const { read, written } = encoder.encodeInto(
      line,
      this.#chunk.subarray(this.#end, CHUNK - CUT.length * 3 - 1),
    );
    if (read < line.length && this.#end > 0) return false;
    this.#end += written;
    if (read < line.length) this.#end += encoder.encodeInto(CUT, this.#chunk.subarray(this.#end)).written;
    if (!this.output.messages) this.#chunk[this.#end++] = NEWLINE;
    return true;
  }

  #later(): void {
    this.#retry = this.timers.after(this.#delay, () => this.drain());
    this.#delay = Math.min(this.#delay * 2, LAST_RETRY);
  }

  #giveUp(): void {
    this.#gone = true;
    this.#lost += this.#lines.length - this.#next;
    this.#lines = [];
    this.#start = this.#end = this.#next = 0;
    this.#waiting = 0;
    for (const run of this.#idle.splice(0)) run();
  }
}
