/**
 * Which links have come and gone since routes were last computed, as long as they are few: then what changes with them is less work
 * than a new computation.
 *
 * @module
 */

/** Links that are noted; more are too many. */
const MOST = 32;

/** A link, by the numbers of its ends. */
export interface LinkChange {
  readonly one: number;
  readonly other: number;
  /** It has come; else it has gone. */
  readonly came: boolean;
}

/** Notes changes of links. */
export class LinkChanges {
  #noted: LinkChange[] = [];
  #many = true;

  /** A link has come or gone. */
  note(one: number, other: number, came: boolean): void {
    if (this.#many) return;
    if (this.#noted.length === MOST) this.tooMany();
    else this.#noted.push({ one, other, came });
  }

  /** What is noted does not do: numbers stand for other members than before, or too much has changed. */
  tooMany(): void {
    this.#many = true;
    this.#noted = [];
  }

  /** Takes what was noted, in the order in which it happened; undefined: too much. From now on it is noted anew. */
  take(): readonly LinkChange[] | undefined {
    const noted = this.#many ? undefined : this.#noted;
    this.#many = false;
    this.#noted = [];
    return noted;
  }
}
