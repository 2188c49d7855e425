/**
 * The window of the other end: how far this end may send.
 *
 * @module
 */
import { FIRST_WINDOW, WINDOW } from "../constants.ts";
import { distance, isBefore, plus } from "../serial.ts";

/** The window that the other end has told. */
export class SendWindow {
  /** The first number that may not be sent. */
  edge: number;
  /** The largest window that the other end can have: more than the first one, when it was asked for. */
  most = WINDOW;
  #told = false;

  /** @param first the first number of all */
  constructor(first: number) {
    this.edge = plus(first, FIRST_WINDOW);
  }

  /** Returns whether the number may be sent. */
  allows(seqno: number): boolean {
    return isBefore(seqno, this.edge);
  }

  /** Returns how many numbers may still be sent, from `next` on. */
  room(next: number): number {
    return Math.max(0, distance(next, this.edge));
  }

  /**
   * The other end has told its window. It cannot be before what it has acknowledged, nor more than it can keep beyond what was
   * sent; and it never moves back: an older one may have been overtaken.
   *
   * @param low low 24 bits of the edge
   * @param oldest the oldest number that is not acknowledged
   * @param next the next number to send
   * @returns false when no honest receiver can have it
   */
  tell(low: number, oldest: number, next: number): boolean {
    const ahead = (low - oldest) & 0xffffff;
    if (ahead > distance(oldest, next) + this.most) {
      // Behind the oldest: told before it was acknowledged.
      return ahead >= 0x1000000 - this.most;
    }
    this.moveTo(plus(oldest, ahead));
    return true;
  }

  /** Returns to the first window, as nothing was sent for long. */
  narrow(next: number): void {
    if (this.room(next) > WINDOW) this.edge = plus(next, WINDOW);
  }

  /** Moves the edge, unless it would move back. The first edge that is told counts in any case. */
  moveTo(edge: number): void {
    if (this.#told && !isBefore(this.edge, edge)) return;
    this.edge = edge;
    this.#told = true;
  }
}
