/**
 * Numbers of the flows of this process, as the reference gives them: from 64, lowest free first.
 *
 * @module
 */
import { ExhaustedError } from "../contract/errors.ts";
import { type Fd, fd, FIRST_FD, MAX_FLOWS } from "../contract/ids.ts";

/** Gives and takes back numbers. */
export class FdTable {
  readonly #used = new Set<number>();
  /** No number below this one is free. */
  #lowest = FIRST_FD;

  /** The lowest free number. @throws ExhaustedError when the process has too many flows */
  take(): Fd {
    if (this.#used.size >= MAX_FLOWS) throw new ExhaustedError(`this process has ${MAX_FLOWS} flows already`);
    while (this.#used.has(this.#lowest)) this.#lowest++;
    this.#used.add(this.#lowest);
    return fd(this.#lowest);
  }

  /** Makes a number free again. */
  release(number: Fd): void {
    if (this.#used.delete(number) && number < this.#lowest) this.#lowest = number;
  }
}

/** The numbers of this process. */
export const processFds: FdTable = new FdTable();
