/**
 * The ends of flows on this host. Both ends of a flow inside one host have an id each.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import { type FlowId, flowId, MAX_FLOWS } from "../../contract/ids.ts";
import { NumberPool } from "../../kit/number_pool.ts";
import type { Session } from "./machine.ts";
import { FlowRecord } from "./records.ts";

/** All ends of flows. */
export class FlowTable {
  readonly #ids = new NumberPool(MAX_FLOWS);
  readonly #flows = new Map<FlowId, FlowRecord>();

  /** Returns how many ends there are. */
  get size(): number {
    return this.#flows.size;
  }

  /** Makes an end with the lowest free id. @throws ExhaustedError */
  take(session: Session): FlowRecord {
    const id = this.#ids.take();
    if (id === undefined) {
      throw new ExhaustedError(`this host has ${MAX_FLOWS} ends of flows, which is the limit`);
    }
    const flow = new FlowRecord(flowId(id), session);
    this.#flows.set(flow.id, flow);
    return flow;
  }

  /** Returns the end with this id. */
  get(id: FlowId): FlowRecord | undefined {
    return this.#flows.get(id);
  }

  /** Forgets an end; its id is free. */
  free(flow: FlowRecord): void {
    if (this.#flows.delete(flow.id)) this.#ids.release(flow.id);
  }
}
