/**
 * What link-state routing counts.
 *
 * @module
 */

/** Counters of one instance; reasons for which messages were dropped are under `dropped`. */
export class Counters {
  /** Updates sent, and those that a flow could not take and that were sent again later. */
  sent = 0;
  refused = 0;
  /** Messages received, and those of them that told something new. */
  received = 0;
  accepted = 0;
  /** Empty messages, which keep a flow alive. */
  keepAlives = 0;
  /** Updates under the own address that were newer than the own ones: from an earlier life, or forged. */
  outbid = 0;
  /** Entries that were not heard of for too long. */
  agedOut = 0;
  computations = 0;
  /** Computations that repaired what few changes had touched. */
  repairs = 0;
  /** Milliseconds that the last computation took. */
  lastComputation = 0;
  readonly dropped = {
    /** Known already, with this sequence number. */
    duplicate: 0,
    /** Known already, with a greater sequence number. */
    old: 0,
    /** Not a link-state update, or from or to the address 0, or from and to the same one. */
    malformed: 0,
    /** Has a number that no member can have come to, or is a day ahead of the own clock. */
    forged: 0,
    /** Withdraws, in another one's words, an adjacency of a neighbour, which said when it was asked that it is there. */
    hearsay: 0,
    /** Announces an adjacency of this member that it does not have. */
    foreign: 0,
    /** Has aged out here; its sequence number has not risen since. */
    departed: 0,
    /** No room in the database. */
    full: 0,
    /** Came on a flow that is not there. */
    stray: 0,
  };
}
