/**
 * The applications of one node, and what the IRMd does for them: names, requests for flows in both directions.
 *
 * @module
 */
import { errorFromErrno, IpcpStateError, NameError } from "../../contract/errors.ts";
import { type FlowId, flowId, type NameHash, shortHash } from "../../contract/ids.ts";
import type { FlowReply, FlowRequest, Layer, Upper, UpperFlow } from "../../contract/ipcp.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import { QOS, type QosSpec } from "../../contract/qos.ts";
import type { FdTable } from "../../kit/number_pool.ts";
import { ApplicationFlow } from "./application_flow.ts";
import type { Scheduler } from "../scheduler.ts";

/** What the allocation protocol adds to a request and to its answer without credentials, in bytes. */
const [REQUEST_BYTES, REPLY_BYTES] = [36, 84];

/** Applications of a node, above one IPCP. */
export class Applications implements Upper {
  readonly #servers = new Map<NameHash, (flow: ApplicationFlow) => void>();
  readonly #flows = new Map<FlowId, ApplicationFlow>();
  readonly #asked = new Map<FlowId, Done<ApplicationFlow>>();
  #next = 0;

  /** Makes them. @param layer gives the layer that the IPCP below is in */
  constructor(
    private readonly scheduler: Scheduler,
    private readonly fds: FdTable,
    private readonly layer: () => Layer | undefined,
  ) {}

  /** Returns the flows that are there. */
  get flows(): Iterable<ApplicationFlow> {
    return this.#flows.values();
  }

  /** An application that accepts all flows to a name; registers the name in the layer. */
  serve(hash: NameHash, accept: (flow: ApplicationFlow) => void, done: Done): void {
    this.#servers.set(hash, accept);
    this.#need().register(hash, done);
  }

  /** An application asks the layer for a flow. */
  allocate(hash: NameHash, qos: QosSpec, done: Done<ApplicationFlow>): void {
    const flow = this.#open(qos);
    this.#asked.set(flow.id, done);
    const request: FlowRequest = { hash, qos, data: new Uint8Array(REQUEST_BYTES) };
    this.#need().allocate(flow, request, (outcome) => {
      if (outcome.ok || !this.#asked.delete(flow.id)) return;
      this.#free(flow);
      done(outcome);
    });
  }

  /** An application joins the layer. Throws an IpcpStateError when the node is in none, or its type has nothing to join. */
  join(done: Done<ApplicationFlow>): void {
    const layer = this.#need();
    if (!layer.join) throw new IpcpStateError("the layer has nothing to join");
    const flow = this.#open(QOS.raw);
    layer.join(flow, (outcome) => {
      if (outcome.ok) return done(success(flow));
      this.#free(flow);
      done(outcome);
    });
  }

  request({ hash, qos }: FlowRequest, done: Done<UpperFlow>): void {
    const accept = this.#servers.get(hash);
    if (!accept) return done(failure(new NameError(`nobody accepts flows to ${shortHash(hash)}`)));
    const flow = this.#open(qos);
    done(success(flow));
    this.scheduler.after(0, () => {
      if (flow.over) return;
      this.#need().respond(flow, { response: 0, data: new Uint8Array(REPLY_BYTES) }, (outcome) => {
        if (outcome.ok) accept(flow);
        else this.#close(flow);
      });
    });
  }

  allocated(flow: UpperFlow, reply: FlowReply, _mpl: number): void {
    const own = this.#flows.get(flow.id);
    const done = this.#asked.get(flow.id);
    if (!own || !done) return;
    this.#asked.delete(flow.id);
    if (reply.response === 0) return done(success(own));
    this.#free(own);
    done(failure(errorFromErrno(-reply.response, "the flow was refused")));
  }

  splice(): void {
    // Layers between nodes have nothing to join within one.
  }

  down(flow: UpperFlow, reason: string): void {
    const own = this.#flows.get(flow.id);
    if (!own) return;
    own.onDown(reason);
    this.#close(own);
  }

  /** Operators ask for a flow or a name of a layer once the node is in it. */
  #need(): Layer {
    const layer = this.layer();
    if (layer) return layer;
    throw new IpcpStateError("the node is in no layer");
  }

  #open(qos: QosSpec): ApplicationFlow {
    const id = flowId(this.#next++);
    const flow: ApplicationFlow = new ApplicationFlow(id, this.fds.take(), qos, () => this.#close(flow));
    this.#flows.set(id, flow);
    return flow;
  }

  #close(flow: ApplicationFlow): void {
    if (flow.over) return;
    flow.end();
    this.#need().deallocate(flow, 0, () => this.#free(flow));
  }

  #free(flow: ApplicationFlow): void {
    flow.end();
    if (this.#flows.delete(flow.id)) this.fds.release(flow.fd);
  }
}
