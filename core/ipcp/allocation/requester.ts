/**
 * The side of flow allocation that requests: one flow that somebody above has asked for. Peers are asked one after the other. A
 * request is sent again, since packets get lost, but only to peers that take it for the same one: the reference takes it for
 * another flow.
 *
 * @module
 */
import { asOuroError, CancelledError, errorFromErrno, type OuroError } from "../../contract/errors.ts";
import type { FlowReply, FlowRequest, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, type Done, failure, type Outcome } from "../../contract/outcome.ts";
import type { Timer } from "../../contract/ports.ts";
import type { AnyFlowRecord } from "./flow_record.ts";
import type { FlowTable } from "./flow_table.ts";
import { refusalOf } from "./refusal.ts";

/** Milliseconds that an allocation takes at most. */
export const LIFE = 20_000;
/** Milliseconds after which a peer that has not answered is {@link FlowRequester.silent}. */
const PATIENCE = 3000;
/** Milliseconds after which a request, or its answer, may have got lost. */
const AGAIN = 1000;

/** How long an allocation waits, and for what. */
export interface RequestTimes {
  /** The time to the next repetition of a request is so many times the last one. */
  readonly backOff: number;
  /** Milliseconds for which the answer to a request that was given up is waited for, so that it can be taken back. */
  readonly late: number;
}

/** Who hears what becomes of an allocation. */
export interface RequestEvents {
  /** Called once the first request is under way, or when none can be. */
  readonly done: Done;
  /** Called once when the flow is up, refused or cancelled. */
  readonly ended: () => void;
}

/** One allocation under way. */
export abstract class FlowRequester<Flow extends AnyFlowRecord, Flows extends FlowTable<Flow>> {
  protected readonly request: FlowRequest;
  readonly #ended: () => void;
  readonly #deadline: number;
  #done: Done | undefined;
  /** The end for which a peer is asked at the moment. */
  #flow: Flow | undefined;
  #send: () => boolean = () => false;
  /** The peer that is asked takes a repeated request for the same one. */
  #takesRetries = false;
  #patience: Timer | undefined;
  #retry: Timer | undefined;
  #refusal: FlowReply | undefined;
  #over = false;

  constructor(
    protected readonly flows: Flows,
    private readonly upper: UpperFlow,
    request: FlowRequest,
    { done, ended }: RequestEvents,
    private readonly times: RequestTimes,
  ) {
    this.request = { ...request, data: request.data.slice() };
    this.#done = done;
    this.#ended = ended;
    this.#deadline = flows.ports.clock.now() + LIFE;
  }

  /** Returns what sends the request for an end, and again; that answers false when there is no way at the moment. */
  protected abstract prepare(flow: Flow): () => boolean;
  /** Finds out whether the peer takes a repeated request for the same one; `takes` is called if and when it says so. */
  protected abstract probe(flow: Flow, takes: () => void): void;
  /** Asks another peer, since one has refused; fails with the error when there is none. */
  protected abstract refused(error: OuroError): void;
  /** Does something about a peer that has not answered for a while: asks another one, or waits on. */
  protected abstract silent(flow: Flow): void;

  /** The end for which a peer is asked at the moment. */
  protected get flow(): Flow | undefined {
    return this.#flow;
  }

  /** Whether the allocation has come to an end. */
  protected get over(): boolean {
    return this.#over;
  }

  /** Milliseconds that are left. */
  protected get left(): number {
    return this.#deadline - this.flows.ports.clock.now();
  }

  /** Takes the answer of the peer that was asked. The id of its end was noted in the record. */
  replied(flow: Flow, { response, data }: FlowReply): void {
    if (flow !== this.#flow) return;
    this.#stop();
    if (response === 0) return this.#up(flow, data);
    this.flows.drop(flow);
    // Refusals are negative; a peer that says something else refuses, too.
    this.#refusal = { response: -Math.abs(response), data: data.slice() };
    this.refused(errorFromErrno(response, "the flow was refused"));
  }

  /** Ends the allocation: nobody above wants the flow any more. */
  cancel(): void {
    this.#end();
    this.abandon();
  }

  /** Ends the allocation with an error, or with the refusal of a peer that was asked before. */
  fail(error: OuroError): void {
    const flow = this.#stop();
    if (flow) this.flows.drop(flow);
    if (this.#over) return;
    this.#end();
    const reply = this.#refusal ?? refusalOf(error, error.message);
    this.failed(reply.response);
    if (this.#done && !this.#refusal) return this.#answer(failure(error));
    this.#answer(DONE);
    this.flows.upper.allocated(this.upper, reply, this.flows.mpl);
  }

  /** Notes that no flow was allocated. */
  protected failed(_response: number): void {}

  /** Notes that a peer has accepted the flow, before it is opened. */
  protected accepted(_flow: Flow): void {}

  /** Returns the peers of a look-up if the allocation goes on with it. */
  protected found<Peer>(outcome: Outcome<readonly Peer[]>): readonly Peer[] | undefined {
    if (this.#over) {
      this.#answer(failure(new CancelledError("the flow was deallocated before it was allocated")));
    } else if (outcome.ok) return outcome.value;
    else this.fail(outcome.error);
    return undefined;
  }

  /** Asks one peer. False: there is no way to it. True: it is asked, or all is over. */
  protected ask(peer: Flow["peer"]): boolean {
    try {
      const flow = this.flows.make(this.upper, peer, "requested");
      this.#flow = flow;
      this.#takesRetries = false;
      this.#send = this.prepare(flow);
      const sent = this.#send();
      // A peer in this very IPCP has answered already.
      if (this.#flow !== flow) return true;
      if (sent) {
        this.#answer(DONE);
        this.#expect(flow);
        return true;
      }
      this.#flow = undefined;
      this.flows.drop(flow);
      return false;
    } catch (thrown) {
      // An error of somebody above who was told the answer is none of this request.
      if (this.#over) throw thrown;
      this.fail(asOuroError(thrown));
      return true;
    }
  }

  /** Asks a peer once more that was given up in favour of others, for the same end: to it, it is the same request. */
  protected resume(flow: Flow): void {
    flow.state = "requested";
    this.#flow = flow;
    this.#takesRetries = false;
    this.#send = this.prepare(flow);
    this.#expect(flow);
    this.#again(flow);
  }

  #expect(flow: Flow): void {
    this.wait(Math.min(PATIENCE, this.left), () => this.silent(flow));
    this.#sendAgain(flow, AGAIN);
  }

  /** Does something else unless the answer comes within `delay` milliseconds. */
  protected wait(delay: number, then: () => void): void {
    this.#patience?.cancel();
    this.#patience = this.flows.after(delay, then);
  }

  /** Asks no more: what the peer that was asked still says is dealt with as news of a flow that nobody wants. */
  protected abandon(): void {
    const flow = this.#stop();
    if (!flow) return;
    flow.state = "cancelled";
    this.flows.after(this.times.late, () => flow.state === "cancelled" && this.flows.drop(flow));
  }

  #sendAgain(flow: Flow, delay: number): void {
    this.#retry = this.flows.after(delay, () => {
      this.#sendAgain(flow, delay * this.times.backOff);
      this.#again(flow);
    });
  }

  #again(flow: Flow): void {
    if (this.#takesRetries) return void this.#send();
    this.probe(flow, () => {
      if (this.#takesRetries || this.#flow !== flow) return;
      this.#takesRetries = true;
      this.#send();
    });
  }

  #up(flow: Flow, data: Uint8Array): void {
    this.#end();
    this.#answer(DONE);
    this.accepted(flow);
    this.flows.open(flow);
    this.flows.upper.allocated(this.upper, { response: 0, data: data.slice() }, this.flows.mpl);
  }

  /** Stops waiting for the peer that is asked. */
  #stop(): Flow | undefined {
    this.#patience?.cancel();
    this.#retry?.cancel();
    const flow = this.#flow;
    this.#flow = undefined;
    return flow;
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
