/**
 * A management flow as flooding sees it: what the neighbour is owed.
 *
 * @module
 */
import type { ManagementFlow } from "../../../core/contract/policies/routing.ts";
import { BitSet } from "../bit_set.ts";

/** A management flow. */
export class ManagementPeer {
  readonly flow: ManagementFlow;
  /** Slots of the database whose entries are to be sent; a slot that is free by then is passed over. */
  readonly owed = new BitSet();
  /** Nothing is sent before. A peer may lose what comes before it has begun to listen. */
  readonly opens: number;
  /** Where the next burst begins. */
  cursor = 0;
  /** When the last update was sent. */
  lastSent: number;
  /** A message that does not parse came, and was logged. */
  warned = false;

  constructor(flow: ManagementFlow, now: number, opens: number) {
    this.flow = flow;
    this.opens = opens;
    this.lastSent = now;
  }

  /** Returns the next slot that is owed, from the cursor on and around; −1 when nothing is owed. */
  next(): number {
    const slot = this.owed.next(this.cursor);
    return slot >= 0 || this.cursor === 0 ? slot : this.owed.next(this.cursor = 0);
  }
}
