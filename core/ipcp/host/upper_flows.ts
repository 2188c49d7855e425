/**
 * The N+1 flows of an IPCP, by their id on this host.
 *
 * @module
 */
import { ExistsError, NotAllocatedError } from "../../contract/errors.ts";
import type { FlowId } from "../../contract/ids.ts";
import { DONE } from "../../contract/outcome.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { FdTable } from "../../kit/number_pool.ts";
import { HostUpperFlow } from "./upper_flow.ts";

/** The N+1 flows. */
export class HostUpperFlows {
  readonly #flows = new Map<FlowId, HostUpperFlow>();
  #dropped = 0;

  /** @param fds numbers, shared with the N-1 flows */
  constructor(private readonly fds: FdTable) {}

  /** How many there are. */
  get size(): number {
    return this.#flows.size;
  }

  /** Packets dropped on flows that are there and on those that were. */
  get dropped(): number {
    return this.#flows.values().reduce((sum, flow) => sum + flow.dropped, this.#dropped);
  }

  /** The flow with this id, if there is one. */
  get(id: FlowId): HostUpperFlow | undefined {
    return this.#flows.get(id);
  }

  /** The flow with this id. @throws NotAllocatedError when there is none */
  need(id: FlowId): HostUpperFlow {
    const flow = this.#flows.get(id);
    if (!flow) throw new NotAllocatedError(`this IPCP has no flow with id ${id}`);
    return flow;
  }

  /**
   * Makes a flow.
   *
   * @throws ExistsError when the id is in use
   * @throws ExhaustedError when there are too many
   */
  open(id: FlowId, qos: QosSpec, state: "asked" | "offered"): HostUpperFlow {
    if (this.#flows.has(id)) throw new ExistsError(`this IPCP has a flow with id ${id} already`);
    const flow = new HostUpperFlow(id, this.fds.take(), qos, state);
    this.#flows.set(id, flow);
    return flow;
  }

  /** Frees a flow: its connection ends and its numbers are free. Freeing it twice is harmless. */
  free(flow: HostUpperFlow): void {
    if (flow.state === "gone") return;
    flow.state = "gone";
    flow.detach();
    this.#dropped += flow.dropped;
    this.#flows.delete(flow.id);
    this.fds.release(flow.fd);
    for (const done of flow.leaving) done(DONE);
  }

  /** The IPCP ends: all flows are gone, and what was not sent is lost. */
  freeAll(): void {
    for (const flow of [...this.#flows.values()]) {
      flow.close();
      this.free(flow);
    }
  }
}
