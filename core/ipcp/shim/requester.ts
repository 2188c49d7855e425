/**
 * Requests a flow from the peers that have registered its name, one after the other.
 *
 * @module
 */
import { IpcpError, NameError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import { shortHash } from "../../contract/ids.ts";
import type { FlowRequest, UpperFlow } from "../../contract/ipcp.ts";
import type { Outcome } from "../../contract/outcome.ts";
import { FlowRequester, type RequestEvents } from "../allocation/requester.ts";
import type { ShimFlow } from "./shim_flow.ts";
import type { ShimFlows } from "./shim_flows.ts";

const TIMES = { backOff: 1, late: 3000 };

/** One allocation under way. */
export class ShimRequester<Peer extends Uint8Array> extends FlowRequester<ShimFlow<Peer>, ShimFlows<Peer>> {
  readonly #tried = new Set<string>();

  constructor(flows: ShimFlows<Peer>, upper: UpperFlow, request: FlowRequest, events: RequestEvents) {
    super(flows, upper, request, events, TIMES);
  }

  /** Begins. */
  start(): void {
    const { directory, link } = this.flows;
    const { hash } = this.request;
    if (link.problem) return this.fail(link.problem);
    if (!this.#askNext(directory.find(hash))) {
      this.flows.resolve(hash, (outcome) => this.#resolved(outcome));
    }
  }

  protected override prepare(flow: ShimFlow<Peer>): () => boolean {
    const { hash, qos, data } = this.request;
    const message = { code: "request", requester: flow.id, qos, hash, data } as const;
    flow.name = hash;
    return () => this.flows.link.send(message, flow.peer);
  }

  protected override probe({ peer }: ShimFlow<Peer>, takes: () => void): void {
    this.flows.link.recognise(this.request.hash, peer, takes);
  }

  protected override refused(error: OuroError): void {
    if (!this.#askNext(this.flows.directory.find(this.request.hash))) this.fail(error);
  }

  /**
   * Others that have the name are looked for: the peer may have lost it. That takes long enough for a reference that is busy
   * with the request to answer in the end.
   */
  protected override silent(flow: ShimFlow<Peer>): void {
    const { left, request: { hash } } = this;
    this.flows.directory.remove(hash, flow.peer);
    if (left <= 0) return this.#tooLate();
    this.wait(left, () => this.#tooLate());
    this.flows.resolve(hash, (outcome) => {
      if (this.flow !== flow || !outcome.ok) return;
      if (outcome.value.length > 0 && outcome.value.every((peer) => this.#tried.has(peer.toHex()))) return;
      this.abandon();
      if (!this.#askNext(outcome.value)) this.#tooLate();
    });
  }

  protected override accepted({ peer }: ShimFlow<Peer>): void {
    this.flows.directory.add(this.request.hash, peer);
  }

  protected override failed(response: number): void {
    this.flows.log.debug(`Flow allocation failed: ${response}`);
  }

  #resolved(outcome: Outcome<readonly Peer[]>): void {
    const peers = this.found(outcome);
    if (!peers || this.#askNext(peers)) return;
    this.fail(
      peers.length > 0
        ? new IpcpError("the network does not take packets at the moment; try again later")
        : new NameError(`nobody in this layer has registered ${shortHash(this.request.hash)}`),
    );
  }

  /** Asks the next of these that was not asked before; false: there is none. */
  #askNext(peers: readonly Peer[]): boolean {
    for (const peer of peers) {
      const key = peer.toHex();
      if (this.#tried.has(key) || !this.ask(peer)) continue;
      this.#tried.add(key);
      return true;
    }
    return false;
  }

  #tooLate(): void {
    this.abandon();
    const name = shortHash(this.request.hash);
    this.fail(new TimedOutError(`nobody in this layer answers for ${name}; is it accepted there?`));
  }
}
