/**
 * What a node counts: messages by type, and what it dropped or refused by reason.
 *
 * @module
 */
import type { Stats } from "../../../core/contract/stats.ts";
import type { DhtMessage } from "./dht_message.ts";

type Kind = DhtMessage["type"];
type Tally = Record<Kind, number>;

/** Why something was dropped, refused or not done. */
export type DropReason =
  /** It does not parse, or a part of it has the wrong length. */
  | "malformed"
  /** It says that it comes from this very node. */
  | "fromSelf"
  /** The peer sends more than its share. */
  | "tooFast"
  /** An answer to nothing that was asked, or too late. */
  | "noRequest"
  /** An answer from another node than the one that was asked, or to another question. */
  | "wrongAnswer"
  /** A value that is not an address. */
  | "notAnAddress"
  /** A value that has expired already. */
  | "expired"
  /** Somebody else stores the own address. */
  | "ownValue"
  /** The key has as many values as are kept. */
  | "keyFull"
  /** As many values are held as are kept. */
  | "storeFull"
  /** There was no way to the node that a message is for. */
  | "noRoute"
  /** An answer that found no way for too long. */
  | "answerGivenUp"
  /** A request that was not sent because too many wait for answers. */
  | "tooManyRequests"
  /** A node did not answer. */
  | "unanswered";

const tally = (): Tally => ({ store: 0, findNode: 0, findNodeReply: 0, findValue: 0, findValueReply: 0 });

/** Counts of one node. */
export class Counters {
  readonly #sent = tally();
  readonly #received = tally();
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  #bytesSent = 0;
  #bytesReceived = 0;

  /** Counts a message that was sent. */
  sent(type: Kind, bytes: number): void {
    this.#sent[type]++;
    this.#bytesSent += bytes;
  }

  /** Counts a message that came and parses. */
  received(type: Kind, bytes: number): void {
    this.#received[type]++;
    this.#bytesReceived += bytes;
  }

  /** Counts something that was dropped. */
  drop(reason: DropReason): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + 1;
  }

  /** Returns how often something was dropped for this reason. */
  dropped(reason: DropReason): number {
    return this.#dropped[reason] ?? 0;
  }

  stats(): Stats {
    return {
      sent: { ...this.#sent, bytes: this.#bytesSent },
      received: { ...this.#received, bytes: this.#bytesReceived },
      dropped: { ...this.#dropped },
    };
  }
}
