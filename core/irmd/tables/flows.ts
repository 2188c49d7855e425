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
import type { Shares } from "../shares/shares.ts";

/** All ends of flows. */
export class FlowTable {
  readonly #ids = new NumberPool(MAX_FLOWS);
  readonly #flows = new Map<FlowId, FlowRecord>();
  readonly #shares: Shares;

  constructor(shares: Shares) {
    this.#shares = shares;
  }

  /** Returns how many ends there are. */
  get size(): number {
    return this.#flows.size;
  }

  /**
   * Makes an end with the lowest free id, for a process that has asked for the flow or has accepted it.
   *
   * @throws ExhaustedError when its user has too many, or there are no more
   */
  take(session: Session, how: "flows" | "accepted"): FlowRecord {
    const share = this.#shares[how];
    share.check(session);
    const id = this.#ids.take();
    if (id === undefined) {
      throw new ExhaustedError(`this host has ${MAX_FLOWS} ends of flows, which is the limit`);
    }
    const flow = new FlowRecord(flowId(id), session, share);
    share.take(session);
    this.#flows.set(flow.id, flow);
    return flow;
  }

  /** Returns the end with this id. */
  get(id: FlowId): FlowRecord | undefined {
    return this.#flows.get(id);
  }

  /** Forgets an end; its id is free. */
  free(flow: FlowRecord): void {
    if (!this.#flows.delete(flow.id)) return;
    this.#ids.release(flow.id);
    flow.share.give(flow.session);
  }
}
