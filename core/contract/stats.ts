/**
 * Statistics, as every component gives them.
 *
 * @module
 */

/** Statistics: numbers and texts by name, nested. */
export interface Stats {
  /** A number, a text, or more of them. */
  readonly [name: string]: number | string | boolean | Stats | readonly Stats[];
}
