/**
 * The side of flow allocation that is asked: passes requests up, several at once, and answers them.
 *
 * @module
 */
import { asOuroError, FlowDownError, IpcpStateError, type OuroError } from "../../contract/errors.ts";
import type { FlowReply, FlowRequest, UpperFlow } from "../../contract/ipcp.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import type { Stats } from "../../contract/stats.ts";
import type { AnyFlowRecord } from "./flow_record.ts";
import type { FlowTable } from "./flow_table.ts";

/** The request that a flow answers. */
export type RequestOf<Flow extends AnyFlowRecord> = NonNullable<Flow["request"]>;

/** Answers requests. */
export abstract class FlowResponder<Flow extends AnyFlowRecord, Flows extends FlowTable<Flow>> {
  protected requests = 0;
  protected repeated = 0;
  protected refusals = 0;

  constructor(protected readonly flows: Flows) {}

  /** Makes the end of a flow that answers a request. @throws ExhaustedError when there is no id */
  protected abstract makeOffered(upper: UpperFlow, request: RequestOf<Flow>): Flow;
  /** Sends the answer of a process above and opens the flow if that accepts; returns the error if that cannot be. */
  protected abstract answer(flow: Flow, request: RequestOf<Flow>, reply: FlowReply): OuroError | undefined;
  /** Answers a request that no process has answered. */
  protected abstract refuse(request: RequestOf<Flow>, error: OuroError): void;
  /** Notes that a flow that was offered or accepted is no more. */
  abstract forget(flow: Flow): void;
  /** Returns what was asked and answered. */
  abstract stats(): Stats;

  /** Passes a request up, where it came for the first time. */
  protected passUp(request: RequestOf<Flow>, asked: FlowRequest): void {
    this.requests++;
    this.flows.upper.request(asked, (outcome) => {
      if (this.flows.over) return;
      if (outcome.ok) this.#offer(request, outcome.value);
      else this.refuse(request, outcome.error);
    });
  }

  /** Answers a request as somebody above has decided. */
  respond(upper: UpperFlow, reply: FlowReply, done: Done): void {
    const flow = this.flows.users.get(upper);
    const request = flow?.request;
    if (!flow || !request || flow.state !== "offered") {
      return done(failure(new IpcpStateError(`the flow with fd ${upper.fd} does not wait for an answer`)));
    }
    const error = this.answer(flow, request, reply);
    if (error) {
      this.flows.drop(flow);
      this.refuse(request, error);
      return done(failure(error));
    }
    if (reply.response !== 0) {
      this.refusals++;
      this.flows.drop(flow);
    }
    done(DONE);
  }

  /** Takes back a flow that was offered or accepted, since somebody above is done with it. */
  withdraw(flow: Flow): void {
    if (flow.request && flow.state === "offered") {
      this.refuse(flow.request, new FlowDownError("the other end has deallocated the flow"));
    }
    this.forget(flow);
  }

  #offer(request: RequestOf<Flow>, upper: UpperFlow): void {
    let flow: Flow;
    try {
      flow = this.makeOffered(upper, request);
    } catch (thrown) {
      const error = asOuroError(thrown);
      this.refuse(request, error);
      return this.flows.upper.down(upper, error.message);
    }
    flow.request = request;
    this.flows.users.set(upper, flow);
  }
}
