/**
 * Holds flows back while the network does not take their packets as fast as they come.
 *
 * @module
 */
import type { NetworkPort } from "../../contract/network.ts";
import type { ShimFlow } from "./shim_flow.ts";

/** From so many packets that wait on, flows that send are held back. */
const HIGH = 256;
/** At so many, they go on. */
const LOW = 64;

/** The flows of one port that are held back. */
export class BackPressure<Peer extends Uint8Array> {
  /** The one that has waited longest first. */
  #held: ShimFlow<Peer>[] = [];

  constructor(private readonly port: NetworkPort) {
    port.onDrained(LOW, () => this.#drained());
  }

  /** A packet of the flow was given to the port, which took it or did not. */
  sent(flow: ShimFlow<Peer>, taken: boolean): void {
    const { queued } = this.port;
    if (queued < HIGH && (taken || queued <= LOW)) return;
    if (flow.held) return;
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

  /** Each goes on until the port has enough again; the rest is first the next time. */
  #drained(): void {
    for (let left = this.#held.length; left > 0 && this.port.queued < HIGH; left--) {
      const flow = this.#held.shift();
      if (flow) this.#resume(flow);
    }
  }

  #resume(flow: ShimFlow<Peer>): void {
    flow.held = false;
    flow.upper.resume();
  }
}
