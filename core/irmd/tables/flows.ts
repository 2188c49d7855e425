/**
 * The ends of flows on this host. Both ends of a flow inside one host have an id each.
 *
 * @module
 */
import { ExhaustedError } from "../../contract/errors.ts";
import { type FlowId, flowId, MAX_FLOWS } from "../../contract/ids.ts";
import type { Session } from "./machine.ts";
import { IdPool } from "./id_pool.ts";
import type { IpcpRecord } from "./ipcps.ts";

/** Somebody who waits for the layer's word on a flow. */
export interface Allocating {
  /** The layer has answered. */
  allocated(ipcp: IpcpRecord, answer: LayerAnswer): void;
  /** The IPCP that was asked is gone, or has lost the flow. */
  lost(reason: string): void;
}

/** What an IPCP tells of a flow that was asked for (`upper.allocated`). */
export interface LayerAnswer {
  /** 0, or a negative error number. */
  readonly response: number;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
  /** Largest packet of the flow, in bytes, where the IPCP says it. */
  readonly maxPacket: number | undefined;
  /** The response of the allocation protocol. */
  readonly data: Uint8Array;
  /** The other end, when both ends are on this host and shall talk without the IPCP. */
  readonly splice: FlowId | undefined;
}

/** One end of a flow. */
export class Flow {
  readonly id: FlowId;
  /** The process that uses it. */
  readonly session: Session;
  /** The IPCP that carries it; undefined before a layer is chosen and after the IPCP has gone. */
  ipcp: IpcpRecord | undefined;
  /** `pending`: nobody above knows of it yet; `ended`: nobody above uses it any more. */
  state: "pending" | "allocated" | "ended" = "pending";
  /** Who waits for the layer, on the side that asked. */
  allocating: Allocating | undefined;
  /** On the side that accepts: what the other side presents when it connects. */
  token: string | undefined;
  /** Longest life of a packet, in milliseconds, where the layer has said so. */
  mpl: number | undefined;
  /** Why it is down; undefined while it is not. */
  down: string | undefined;
  /** The other end, when the processes talk to each other without the IPCP. */
  peer: Flow | undefined;
  /** IPCPs that have not yet said that they are done with the id. */
  holds = 0;

  constructor(id: FlowId, session: Session) {
    this.id = id;
    this.session = session;
  }
}

/** All ends of flows. */
export class FlowTable {
  readonly #ids = new IdPool(MAX_FLOWS);
  readonly #flows = new Map<FlowId, Flow>();

  /** How many there are. */
  get size(): number {
    return this.#flows.size;
  }

  /** A new end with the lowest free id. @throws ExhaustedError */
  take(session: Session): Flow {
    const id = this.#ids.take();
    if (id === undefined) {
      throw new ExhaustedError(`this host has ${MAX_FLOWS} ends of flows, which is the limit`);
    }
    const flow = new Flow(flowId(id), session);
    this.#flows.set(flow.id, flow);
    return flow;
  }

  /** The end with this id. */
  get(id: FlowId): Flow | undefined {
    return this.#flows.get(id);
  }

  /** Forgets an end; its id is free. */
  free(flow: Flow): void {
    if (this.#flows.delete(flow.id)) this.#ids.give(flow.id);
  }
}
