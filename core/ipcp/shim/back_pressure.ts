/**
 * Holds flows back while the network does not take their packets as fast as they come: their packets wait in the layers above,
 * which see that and know whose go first.
 *
 * @module
 */
import type { NetworkPort } from "../../contract/network.ts";
import type { Clock } from "../../contract/ports.ts";
import { QueueLimit } from "../../kit/queues/queue_limit.ts";
import type { ShimFlow } from "./shim_flow.ts";

/** Fewest and most packets that wait before flows that send are held back. They go on when half of them is left. */
const LEAST = 4, MOST = 256;

/** The flows of one port that are held back. */
export class BackPressure<Peer extends Uint8Array> {
  /** The one that has waited longest first. */
  #held: ShimFlow<Peer>[] = [];
  readonly #limit = new QueueLimit(LEAST, MOST);

  constructor(private readonly port: NetworkPort, private readonly clock: Clock) {}

  /** A packet of the flow was given to the port, which took it or did not. */
  sent(flow: ShimFlow<Peer>, taken: boolean): void {
    const { queued } = this.port;
    const limit = this.#limit;
    limit.sent();
    if (queued < limit.packets && (taken || queued <= limit.packets >> 1)) return;
    if (flow.held) return;
    if (this.#held.length === 0) this.#watch(queued);
    flow.held = true;
    this.#held.push(flow);
    flow.upper.pause();
  }

  /** The flow does not send any more. */
  release(flow: ShimFlow<Peer>): void {
    if (!flow.held) return;
    this.#held = this.#held.filter((one) => one !== flow);
    this.#resume(flow);
  }

  /** Nobody is held back any more: the port is gone. */
  releaseAll(): void {
    for (const flow of this.#held.splice(0)) this.#resume(flow);
  }

  #watch(queued: number): void {
    this.#limit.full(queued, this.clock.now());
    this.port.onDrained(this.#limit.packets >> 1, this.#drained);
  }

  /** Each goes on until the port has enough again; the rest is first the next time. */
  readonly #drained = (): void => {
    const { port } = this;
    this.#limit.drained(port.queued, this.clock.now());
    for (let left = this.#held.length; left > 0 && port.queued < this.#limit.packets; left--) {
      const flow = this.#held.shift();
      if (flow) this.#resume(flow);
    }
    if (this.#held.length > 0) this.#watch(port.queued);
  };

  #resume(flow: ShimFlow<Peer>): void {
    flow.held = false;
    flow.upper.resume();
  }
}
