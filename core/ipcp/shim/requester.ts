/**
 * One allocation that somebody above has asked for: asks the peers that have registered the name, one after the other. A
 * request is sent again only to peers of our kind, since the reference takes it for another flow.
 *
 * @module
 */
import {
  asOuroError,
  CancelledError,
  errorFromErrno,
  IpcpError,
  NameError,
  type OuroError,
  TimedOutError,
} from "../../contract/errors.ts";
import { shortHash } from "../../contract/ids.ts";
import type { FlowReply, FlowRequest, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, type Done, failure, type Outcome } from "../../contract/outcome.ts";
import type { Timer } from "../../contract/ports.ts";
import type { ShimReply, ShimRequest } from "./shim_message.ts";
import type { ShimFlow } from "./shim_flow.ts";
import type { ShimParts } from "./shim_flows.ts";

/** Milliseconds that an allocation takes at most. */
const LIFE = 20_000;
/** A peer that has not answered for so many milliseconds may have lost the name: others are looked for. */
const PATIENCE = 3000;
/** Milliseconds for which the answer to a request that was given up is waited for, so that it can be taken back. */
const LATE = 3000;
/** Milliseconds after which a request, or its answer, may have got lost. */
const AGAIN = 1000;
const NO_DATA = new Uint8Array(0);

/** One allocation under way. */
export class Asking<Peer extends Uint8Array> {
  readonly #parts: ShimParts<Peer>;
  readonly #upper: UpperFlow;
  readonly #request: FlowRequest;
  readonly #ended: () => void;
  readonly #deadline: number;
  readonly #tried = new Set<string>();
  #done: Done | undefined;
  #flow: ShimFlow<Peer> | undefined;
  /** The peer that is asked has said that it is of our kind. */
  #ours = false;
  #timer: Timer | undefined;
  #refusal: FlowReply | undefined;
  #over = false;

  /**
   * @param done called once the first request is under way, or when none can be
   * @param ended called once when the flow is up, refused or cancelled
   */
  constructor(
    parts: ShimParts<Peer>,
    upper: UpperFlow,
    request: FlowRequest,
    done: Done,
    ended: () => void,
  ) {
    this.#parts = parts;
    this.#upper = upper;
    this.#request = { ...request, data: request.data.slice() };
    this.#done = done;
    this.#ended = ended;
    this.#deadline = parts.ports.clock.now() + LIFE;
  }

  /** Begins. */
  start(): void {
    const { hash } = this.#request;
    if (this.#parts.link.problem) return this.#fail(this.#parts.link.problem);
    if (this.#askNext(this.#parts.directory.find(hash)) || this.#over) return;
    this.#parts.resolve(hash, (outcome) => this.#resolved(outcome));
  }

  /** The peer that was asked has answered. */
  replied(flow: ShimFlow<Peer>, { responder, response, data }: ShimReply): void {
    if (flow !== this.#flow) return;
    this.#timer?.cancel();
    this.#flow = undefined;
    if (response === 0) {
      flow.peerId = responder;
      return this.#up(flow, data);
    }
    this.#parts.drop(flow);
    // Refusals are negative; a peer that says something else refuses, too.
    this.#refusal = { response: -Math.abs(response), data: data.slice() };
    if (this.#askNext(this.#parts.directory.find(this.#request.hash))) return;
    this.#fail(errorFromErrno(response, "the flow was refused"));
  }

  /** The network is gone. */
  fail(error: OuroError): void {
    this.#timer?.cancel();
    if (this.#flow) this.#parts.drop(this.#flow);
    this.#flow = undefined;
    this.#fail(error);
  }

  /** Nobody above wants the flow any more. */
  cancel(): void {
    this.#timer?.cancel();
    this.#end();
    this.#abandon();
  }

  #resolved(outcome: Outcome<readonly Peer[]>): void {
    if (this.#over) {
      return this.#answer(failure(new CancelledError("the flow was deallocated before it was allocated")));
    }
    if (!outcome.ok) return this.#fail(outcome.error);
    if (this.#askNext(outcome.value) || this.#over) return;
    const error = outcome.value.length > 0
      ? new IpcpError("the network does not take packets at the moment; try again later")
      : new NameError(`nobody in this layer has registered ${shortHash(this.#request.hash)}`);
    this.#fail(error);
  }

  /** Asks the next of these that was not asked before; false: there is none, or it has failed for good. */
  #askNext(peers: readonly Peer[]): boolean {
    const { hash, qos, data } = this.#request;
    for (const peer of peers) {
      const key = peer.toHex();
      if (this.#tried.has(key)) continue;
      try {
        const flow = this.#parts.makeFlow(this.#upper, peer, "asking");
        this.#flow = flow;
        this.#ours = false;
        const message = { code: "request", requester: flow.id, qos, hash, data } as const;
        if (this.#parts.link.send(message, peer)) {
          this.#tried.add(key);
          this.#answer(DONE);
          this.#wait();
          this.#sendAgain(flow, message);
          return true;
        }
        this.#parts.drop(flow);
      } catch (thrown) {
        if (this.#flow) this.#parts.drop(this.#flow);
        this.#flow = undefined;
        this.#fail(asOuroError(thrown));
        return false;
      }
      this.#flow = undefined;
    }
    return false;
  }

  #wait(): void {
    const left = this.#deadline - this.#parts.ports.clock.now();
    this.#timer = this.#parts.after(Math.min(PATIENCE, left), () => this.#silent());
  }

  /** As long as the answer is waited for; until the peer is known to be of our kind, that is asked. */
  #sendAgain(flow: ShimFlow<Peer>, message: ShimRequest): void {
    const { link } = this.#parts;
    this.#parts.after(AGAIN, () => {
      if (this.#flow !== flow) return;
      this.#sendAgain(flow, message);
      if (this.#ours) return void link.send(message, flow.peer);
      link.recognise(message.hash, flow.peer, () => {
        if (this.#ours || this.#flow !== flow) return;
        this.#ours = true;
        link.send(message, flow.peer);
      });
    });
  }

  /** The peer does not answer. @param unknown nobody had the name either when it was last asked for */
  #silent(unknown = false): void {
    const flow = this.#flow;
    if (!flow) return;
    const { hash } = this.#request;
    this.#parts.directory.remove(hash, flow.peer);
    const left = this.#deadline - this.#parts.ports.clock.now();
    if (left <= 0) return this.#tooLate();
    this.#timer = this.#parts.after(left, () => this.#tooLate());
    this.#parts.resolve(hash, (outcome) => {
      if (this.#over || this.#flow !== flow || !outcome.ok) return;
      if (outcome.value.length === 0) {
        this.#timer?.cancel();
        // A reference that is busy with a request answers nothing else meanwhile: it is asked twice.
        if (unknown) this.#tooLate();
        else this.#timer = this.#parts.after(Math.min(PATIENCE, left), () => this.#silent(true));
        return;
      }
      if (outcome.value.every((peer) => this.#tried.has(peer.toHex()))) return;
      this.#timer?.cancel();
      this.#abandon();
      if (!this.#askNext(outcome.value)) this.#tooLate();
    });
  }

  #tooLate(): void {
    this.#abandon();
    this.#fail(
      new TimedOutError(
        `nobody in this layer answers for ${shortHash(this.#request.hash)}; is it accepted there?`,
      ),
    );
  }

  #up(flow: ShimFlow<Peer>, data: Uint8Array): void {
    this.#end();
    this.#answer(DONE);
    this.#parts.directory.add(this.#request.hash, flow.peer);
    this.#parts.open(flow);
    this.#parts.log.info(`Flow allocation completed, fd ${this.#upper.fd}.`);
    this.#parts.upper.allocated(this.#upper, { response: 0, data: data.slice() }, this.#parts.settings.mpl);
  }

  #fail(error: OuroError): void {
    if (this.#over) return;
    this.#end();
    const response = this.#refusal?.response ?? -error.errno;
    this.#parts.log.debug(`Flow allocation failed: ${response}`);
    if (this.#done && !this.#refusal) return this.#answer(failure(error));
    this.#answer(DONE);
    const reply = this.#refusal ?? { response, data: NO_DATA };
    this.#parts.upper.allocated(this.#upper, reply, this.#parts.settings.mpl);
  }

  /** A late answer of the peer that was asked is taken back. */
  #abandon(): void {
    const flow = this.#flow;
    if (!flow) return;
    this.#flow = undefined;
    flow.state = "cancelled";
    this.#parts.after(LATE, () => this.#parts.drop(flow));
  }

  #answer(outcome: Outcome<void>): void {
    const done = this.#done;
    this.#done = undefined;
    done?.(outcome);
  }

  #end(): void {
    this.#over = true;
    this.#ended();
  }
}
