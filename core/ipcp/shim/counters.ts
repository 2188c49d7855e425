/**
 * What was dropped, by reason.
 *
 * @module
 */

/** Counts of packets and messages that were dropped. */
export class DropCounters {
  /** Packets and messages that do not parse. */
  malformed = 0;
  /** Packets for an end that does not exist. */
  unknownId = 0;
  /** Packets for an end whose other end is somebody else. */
  wrongPeer = 0;
  /** Requests for names that are not registered here. */
  unknownName = 0;
  /** Requests beyond what a peer, or all, may ask. */
  requestLimit = 0;
  /** Queries and checks beyond what is answered. */
  answerLimit = 0;
  /** Replies that are larger than their requests, beyond what is sent. */
  replyLimit = 0;
  /** Requests that came again and were not answered again. */
  repeated = 0;
  /** Replies that nobody waits for, or from somebody else than was asked. */
  strayReply = 0;
  /** Deallocations of flows that do not exist, or from somebody else than their other ends. */
  strayDeallocation = 0;
  /** Notices and answers about ends of flows that do not exist, or that nobody has asked for. */
  strayNotice = 0;
  /** Answers to queries that nobody has asked. */
  strayAnswer = 0;
}
