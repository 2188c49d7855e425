/**
 * Flows between processes of this host to names that are registered at this very IPCP: the network cannot carry them, so the
 * two ends are joined without it.
 *
 * @module
 */
import { CancelledError, FlowDownError } from "../../contract/errors.ts";
import type { FlowReply, FlowRequest, Upper, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import { NO_BYTES } from "../../kit/bytes.ts";

const REQUESTER_GONE = "the process that asked for the flow is gone";

/** Two ends that are, or are to be, joined. */
interface Pair {
  /** Undefined once it was deallocated. */
  requester: UpperFlow | undefined;
  /** Undefined until somebody above was found, and once it was deallocated. */
  responder: UpperFlow | undefined;
  joined: boolean;
}

/** The flows of this host with itself. */
export class OwnFlows {
  /** By either end. */
  readonly #pairs = new Map<UpperFlow, Pair>();
  #over = false;

  constructor(private readonly upper: Upper, private readonly mpl: number) {}

  /** How many ends there are. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Is this an end of such a flow? */
  has(flow: UpperFlow): boolean {
    return this.#pairs.has(flow);
  }

  /** Asks for a flow to a name that is registered here. */
  allocate(flow: UpperFlow, request: FlowRequest, done: Done): void {
    const pair: Pair = { requester: flow, responder: undefined, joined: false };
    this.#pairs.set(flow, pair);
    this.upper.request({ ...request, data: request.data.slice() }, (outcome) => {
      if (this.#over) return;
      if (!outcome.ok) {
        if (pair.requester) this.#pairs.delete(flow);
        return done(outcome);
      }
      pair.responder = outcome.value;
      this.#pairs.set(outcome.value, pair);
      if (pair.requester) return done(DONE);
      this.upper.down(outcome.value, REQUESTER_GONE);
      done(failure(new CancelledError("the flow was deallocated before it was allocated")));
    });
  }

  /** Somebody above has answered a request. */
  respond(flow: UpperFlow, reply: FlowReply, done: Done): void {
    const pair = this.#pairs.get(flow);
    const requester = pair?.requester;
    if (reply.response !== 0) this.#pairs.delete(flow);
    if (!pair || !requester) return done(failure(new FlowDownError(REQUESTER_GONE)));
    if (reply.response !== 0) this.#refuse(requester, reply);
    else {
      pair.joined = true;
      this.upper.splice(requester, flow);
      this.upper.allocated(requester, reply, this.mpl);
    }
    done(DONE);
  }

  /** The process above is done with an end. */
  deallocate(flow: UpperFlow): void {
    const pair = this.#pairs.get(flow);
    this.#pairs.delete(flow);
    if (pair?.requester === flow) {
      pair.requester = undefined;
      if (pair.responder && !pair.joined) this.upper.down(pair.responder, REQUESTER_GONE);
    } else if (pair) {
      pair.responder = undefined;
      if (pair.requester && !pair.joined) {
        this.#refuse(pair.requester, { response: -new FlowDownError("").errno, data: NO_BYTES });
      }
    }
  }

  /** Forgets all. */
  shutdown(): void {
    this.#over = true;
    this.#pairs.clear();
  }

  #refuse(requester: UpperFlow, reply: FlowReply): void {
    this.#pairs.delete(requester);
    this.upper.allocated(requester, reply, this.mpl);
  }
}
