/**
 * Multi-bit explicit congestion notification (release 0.23.0): routers mark packets with the length of their queues, receivers
 * tell senders an average of the marks, and senders adapt. A sender's state is the reference's; when packets go is ours.
 *
 * A receiver tells the level 0 of the second packet, the fourth, the eighth and so on, too: that they arrive. A sender of the reference
 * that is told so leaves its slow start.
 *
 * @module
 */
import type { Congestion, CongestionFlow } from "../../core/contract/policies/congestion.ts";
import type { Stats } from "../../core/contract/stats.ts";
import type { Plugin } from "../../core/contract/plugin.ts";
import { MB_ECN } from "./declaration.ts";
import { MbEcnReceiver } from "./mb_ecn_receiver.ts";
import { MbEcnPace } from "./mb_ecn_pace.ts";
import { MbEcnSender } from "./mb_ecn_sender.ts";

/** Packets in a queue for one level of congestion: 2⁴. */
const QUEUE_SHIFT = 4;
const MAX_LEVEL = 0xff;
/** Slow start is long over then. */
const MOST_ARRIVED = 2 ** 24;

class MbEcnFlow implements CongestionFlow {
  readonly #sender: MbEcnSender;
  readonly #pace: MbEcnPace;
  readonly #receiver = new MbEcnReceiver();
  /** Packets that came while there was no congestion. */
  #arrived = 0;

  constructor(nowNs: number) {
    this.#sender = new MbEcnSender(nowNs);
    this.#pace = new MbEcnPace(nowNs);
  }

  sent(length: number, nowNs: number): number {
    this.#sender.sent(length, nowNs);
    return this.#pace.sent(length, nowNs);
  }

  received(level: number): number | undefined {
    const told = this.#receiver.received(level);
    if (told !== undefined || this.#receiver.level > 0 || this.#arrived >= MOST_ARRIVED) return told;
    const arrived = ++this.#arrived;
    return arrived > 1 && (arrived & (arrived - 1)) === 0 ? 0 : undefined;
  }

  update(level: number): void {
    this.#sender.update(level);
    this.#pace.update(level);
  }

  stats(): Stats {
    const sender = this.#sender.state();
    const receiver = this.#receiver.state();
    return {
      algorithm: "Multi-bit ECN",
      upstreamLevel: sender.level,
      upstreamPackets: sender.sinceUpdate,
      downstreamLevel: receiver.level,
      downstreamPackets: receiver.marked,
      paceBytesPerSecond: Math.round(this.#pace.rate),
      windowNs: 2 ** sender.shift,
      windowPackets: sender.packets,
      windowBytes: sender.bytes,
      windowMaxBytes: sender.limit,
      regime: !sender.avoiding
        ? "Slow start"
        : sender.level > 0
        ? "Multiplicative decrease"
        : "Additive increase",
    };
  }
}

const congestion: Congestion = {
  mark: (queued) => (queued >> QUEUE_SHIFT) & MAX_LEVEL,
  flow: (nowNs) => new MbEcnFlow(nowNs),
};

/** Senders follow marks of several bits. */
export const mbEcn: Plugin<"congestion"> = { ...MB_ECN, create: () => congestion };
