/**
 * Lines for standard output: one is written at the end of the turn, those that follow it closely are collected for a moment and written
 * together, so that many of them cost little, and a single one no wake-up. A reader that went away (`… | head`) is an event, not a
 * fault.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import type { Clock, Timers } from "../../contract/ports.ts";
import { systemClock } from "../clock.ts";
import { afterTurn } from "../turn.ts";

/** How long lines are collected, in milliseconds. */
const COLLECT = 1;
/** Waiting this many milliseconds where the other end takes nothing (a non-blocking terminal). */
const RETRY = 10;
/** With this many characters waiting, lines are dropped and counted. */
const MAX_UNSENT = 4 * 1024 * 1024;

/** Where the bytes go. */
export interface ByteSink {
  /** Writes some of the bytes and says how many. */
  writeSync(bytes: Uint8Array): number;
}

/** Writes lines. */
export class LineOutput {
  readonly #encoder = new TextEncoder();
  #text = "";
  #bytes = new Uint8Array(0);
  #dropped = 0;
  #armed = false;
  #written = -Infinity;
  #closed = false;
  #fault: unknown;
  #onClosed: () => void = () => {};

  /**
   * @param atOnce write lines soon by themselves; false: only {@link flush} and {@link finish} write, and a program that
   * prints once does not pay for its first timer (4 ms)
   * @param turns when the turn of the event loop ends
   */
  constructor(
    private readonly sink: ByteSink,
    private readonly timers: Timers,
    private readonly atOnce = true,
    private readonly clock: Clock = systemClock,
    private readonly turns: { afterTurn(run: () => void): void } = { afterTurn },
  ) {}

  /** Nobody reads any more: lines go nowhere. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Sets what to do, once, when nobody reads any more. */
  onClosed(run: () => void): void {
    this.#onClosed = run;
  }

  /** Takes a line, without its line end. */
  print(line: string): void {
    if (this.#closed) return;
    if (this.#text.length + this.#bytes.length > MAX_UNSENT) {
      this.#dropped += 1;
      return;
    }
    this.#text += line + "\n";
    if (this.atOnce) this.#writeSoon();
  }

  /** Writes what there is now. False: the other end does not take it all at the moment. */
  flush(): boolean {
    try {
      while (!this.#closed && this.#refill()) {
        this.#bytes = this.#bytes.subarray(this.sink.writeSync(this.#bytes));
      }
    } catch (thrown) {
      if (thrown instanceof Deno.errors.WouldBlock) return false;
      this.#closed = true;
      if (!(thrown instanceof Deno.errors.BrokenPipe)) this.#fault = thrown;
      this.#onClosed();
    }
    return true;
  }

  /** Resolves when all is written, or nobody reads any more. @throws ExhaustedError when lines could not be written */
  async finish(): Promise<void> {
    while (!this.flush()) await new Promise<void>((resolve) => this.timers.after(RETRY, resolve));
    if (this.#fault === undefined) return;
    const why = this.#fault instanceof Error ? this.#fault.message : String(this.#fault);
    throw new ExhaustedError(`the output could not be written: ${why}`, { cause: this.#fault });
  }

  #refill(): boolean {
    if (this.#bytes.length > 0) return true;
    if (this.#dropped > 0) this.#text += `(${this.#dropped} lines left out: nobody took them)\n`;
    this.#dropped = 0;
    this.#bytes = this.#encoder.encode(this.#text);
    this.#text = "";
    return this.#bytes.length > 0;
  }

  #writeSoon(): void {
    if (this.#armed) return;
    this.#armed = true;
    const wait = this.#written + COLLECT - this.clock.now();
    if (wait > 0) this.timers.after(wait, this.#write);
    else this.turns.afterTurn(this.#write);
  }

  readonly #write = (): void => {
    this.#armed = false;
    this.#written = this.clock.now();
    if (this.flush() || this.#armed) return;
    this.#armed = true;
    this.timers.after(RETRY, this.#write);
  };
}
