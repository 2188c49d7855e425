/**
 * Multi-bit explicit congestion notification (release 0.23.0): routers mark packets with the length of their queues, receivers
 * tell senders an average of the marks, and senders adapt. A sender's state is the reference's; when packets go is ours.
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

class MbEcnFlow implements CongestionFlow {
  readonly #sender: MbEcnSender;
  readonly #pace: MbEcnPace;
  readonly #receiver = new MbEcnReceiver();

  constructor(nowNs: number) {
    this.#sender = new MbEcnSender(nowNs);
    this.#pace = new MbEcnPace(nowNs);
  }

  sent(length: number, nowNs: number): number {
    this.#sender.sent(length, nowNs);
    return this.#pace.sent(length, nowNs);
  }

  received(level: number): number | undefined {
    return this.#receiver.received(level);
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
