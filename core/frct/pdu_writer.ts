/**
 * Writes the PDUs of FRCT: a header tells of both halves of a flow end.
 *
 * @module
 */
import { NO_BYTES } from "../kit/bytes.ts";
import type { FlowCounters } from "./counters.ts";
import type { Envelope } from "./envelope.ts";
import type { Incoming } from "./receive/incoming.ts";
import { FLAG, PCI_BYTES, writePci } from "../wire/frct_header.ts";

/** Where the outgoing half is in its numbers. */
export interface Numbers {
  /** The oldest number that is not acknowledged. */
  readonly oldest: number;
  /** The next number to send. */
  readonly next: number;
  /** The other end is known to have begun our run. */
  readonly confirmed: boolean;
}

/** Writes headers and sends PDUs. */
export class PduWriter {
  readonly #header = new Uint8Array(PCI_BYTES);

  constructor(
    private readonly envelope: Envelope,
    private readonly incoming: Incoming,
    private readonly numbers: Numbers,
    private readonly reliable: boolean,
    private readonly counters: FlowCounters,
  ) {}

  /**
   * Sends a packet, with what is to be told of the other direction. False: the layer below has no room.
   *
   * @param run nothing was outstanding when the packet was written
   */
  data(packet: Uint8Array, seqno: number, run: boolean, now: number): boolean {
    const incoming = this.incoming;
    let flags: number = run ? FLAG.data | FLAG.run : FLAG.data;
    if (incoming.tellsWindow(now)) flags |= FLAG.window;
    if (this.reliable && incoming.acknowledges(now)) flags |= FLAG.ack;
    return this.#send(flags, seqno, packet);
  }

  /**
   * Sends a PDU without a packet. To a peer that may have nothing of us yet it begins our run: the reference would otherwise take our
   * numbers to begin at 0, for good.
   *
   * @param flags which of acknowledgement, window and rendezvous
   * @param body what has arrived behind a gap, or the window that is wanted
   */
  bare(flags: number, body: Uint8Array = NO_BYTES): boolean {
    const { oldest, next, confirmed } = this.numbers;
    this.counters.control++;
    if (oldest !== next && confirmed) return this.#send(flags, 0, body);
    return this.#send(flags | FLAG.run, oldest, body);
  }

  #send(flags: number, seqno: number, packet: Uint8Array): boolean {
    const incoming = this.incoming;
    const acks = (flags & FLAG.ack) !== 0;
    const tells = (flags & FLAG.window) !== 0;
    writePci(this.#header, flags, tells ? incoming.edge : 0, seqno, acks ? incoming.next : 0);
    if (!this.envelope.send(packet, this.#header)) return false;
    if (acks) incoming.toldNext = incoming.next;
    if (tells) incoming.toldWindow();
    return true;
  }
}
