/**
 * A line on a terminal that says how far something has come, and is written anew in its place.
 *
 * @module
 */
import type { Clock } from "../../contract/ports.ts";

/** Milliseconds between two versions of the line. */
const EVERY = 200;

/** The line; nothing is written where the standard error is no terminal. */
export class StatusLine {
  readonly #shown: boolean;
  #next = 0;
  #there = false;

  /** @param clock tells when it was written last */
  constructor(private readonly clock: Clock) {
    this.#shown = Deno.stderr.isTerminal();
  }

  /** Writes it, unless it was written just now. */
  show(text: () => string): void {
    if (!this.#shown || this.clock.now() < this.#next) return;
    this.#next = this.clock.now() + EVERY;
    this.#there = true;
    this.#write(`\r\x1b[K${text().slice(0, 79)}`);
  }

  /** Takes it away. */
  clear(): void {
    if (this.#there) this.#write("\r\x1b[K");
    this.#there = false;
  }

  #write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length;) at += Deno.stderr.writeSync(bytes.subarray(at));
  }
}
