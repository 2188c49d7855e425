/**
 * A flow to a neighbour in a broadcast layer.
 *
 * @module
 */
import { addressText } from "../../core/contract/ids.ts";
import type { Connection } from "../../core/contract/membership.ts";
import type { Stats } from "../../core/contract/stats.ts";
import { NO_BYTES } from "../../core/kit/bytes.ts";
import { Way } from "./copies.ts";
import { PACKET_ID_BYTES } from "./packet_id.ts";

/** From so many queued packets on, those who send here wait. They go on when half of them is left. */
const LONG = 2048;

/** A neighbour, and what went to it and came from it. */
export class Link {
  /** It has an address, so it is of `ouro`: its packets have ids. Members of the reference have none. */
  readonly knowsIds: boolean;
  /** How copies of its packets are known when they have no ids. */
  readonly way = new Way();
  /** It has not taken packets for long: nobody waits for it. */
  stuck = false;
  received = 0;
  sent = 0;
  dropped = 0;
  #sentBefore = 0;

  constructor(readonly connection: Connection) {
    this.knowsIds = connection.peer !== 0;
  }

  /** Largest packet of a user that it carries. */
  get maxPayload(): number {
    return this.connection.flow.maxPacket - (this.knowsIds ? PACKET_ID_BYTES : 0);
  }

  /** Its queue is so long that senders of this host should wait. */
  get isLong(): boolean {
    const { flow } = this.connection;
    return !this.stuck && !flow.suspended && flow.queued >= LONG;
  }

  /** Calls when there is room again. */
  onRoom(room: () => void): void {
    this.connection.flow.onDrained(LONG >> 1, room);
  }

  /** Sends a packet. @param id goes in front of it where the neighbour knows ids */
  send(id: Uint8Array, payload: Uint8Array): void {
    const { flow } = this.connection;
    const sent = !flow.suspended && (this.knowsIds ? flow.send(payload, id) : flow.send(payload));
    if (sent) this.sent++;
    else this.dropped++;
  }

  /** Sends an empty packet if nothing was sent since the last time: a layer below that does not know the flow any more says so. */
  keepAlive(): void {
    if (this.knowsIds && this.sent === this.#sentBefore) this.connection.flow.send(NO_BYTES);
    this.#sentBefore = this.sent;
  }

  /** What it is, and its counters. */
  stats(): Stats {
    const { flow, peer } = this.connection;
    return {
      fd: flow.fd,
      ...(peer === 0 ? {} : { peer: addressText(peer) }),
      ids: this.knowsIds,
      suspended: flow.suspended,
      queued: flow.queued,
      received: this.received,
      sent: this.sent,
      dropped: this.dropped,
    };
  }
}
