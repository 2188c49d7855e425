/**
 * How flows end: deallocated, lost by the layer, or left behind by a process that died. Ids are free again only when
 * every IPCP that knew them has said that it is done with them.
 *
 * @module
 */
import type { Session } from "../tables/machine.ts";
import type { FlowRecord, IpcpRecord } from "../tables/records.ts";
import type { State } from "../tables/state.ts";

/** Ends flows. */
export class FlowTeardown {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  /**
   * Deallocates a flow with which the process above is done.
   *
   * @param linger milliseconds for which the layer still carries late packets
   * @param reason what the other end is told, when it is on this host
   */
  deallocate(flow: FlowRecord, linger: number, reason: string): void {
    const by = flow.ipcp?.pid ?? flow.session.pid;
    this.#end(flow, reason);
    this.withdraw(flow, linger, () => {
      this.#state.logOf(flow.session).info(`Completed deallocation of port_id ${flow.id} by process ${by}.`);
    });
  }

  /** Ends a flow that no process above has heard of. */
  abandon(flow: FlowRecord): void {
    this.#end(flow, "the other end has given up");
    this.withdraw(flow, 0);
  }

  /** Takes a flow from the IPCP that carries it, if one does; the flow may then be given to another. */
  withdraw(flow: FlowRecord, linger: number, done?: () => void): void {
    const { ipcp } = flow;
    this.forget(flow);
    const answered = () => {
      done?.();
      this.#free(flow);
    };
    if (!ipcp?.session) return answered();
    flow.holds++;
    const gone = () => {
      // A failure says as much as success: the IPCP does not have the flow.
      flow.holds--;
      answered();
    };
    ipcp.session.request("layer.deallocate", { flow: flow.id, linger }, gone, undefined, true);
  }

  /** Parts a flow from the IPCP that carried it. */
  forget(flow: FlowRecord): void {
    flow.ipcp?.flows.delete(flow);
    flow.ipcp = undefined;
  }

  /** Tells the process above, once, that the layer or the other end is gone. The flow stays until it deallocates. */
  lost(flow: FlowRecord, reason: string): void {
    if (flow.allocating) return flow.allocating.lost(reason);
    if (flow.down !== undefined || flow.state === "ended") return;
    flow.down = reason;
    if (flow.state === "allocated") this.tell(flow);
    if (flow.peer) this.lost(flow.peer, reason);
  }

  /** Tells the process above that a flow is down. */
  tell(flow: FlowRecord): void {
    flow.session.notify("flow.down", { flow: flow.id, reason: flow.down }, true);
  }

  /** Takes down the flows that an IPCP carried, which is gone. */
  ipcpGone(ipcp: IpcpRecord): void {
    const reason = `the IPCP "${ipcp.name}" is gone`;
    for (const flow of [...ipcp.flows]) {
      this.forget(flow);
      if (flow.state === "allocated") {
        this.#state.logOf(flow.session).error(`IPCP ${ipcp.pid} gone, flow ${flow.id} removed.`);
      }
      this.lost(flow, reason);
    }
  }

  /** Deallocates the flows that a process has left behind. */
  sessionGone(session: Session, flows: Iterable<FlowRecord>): void {
    for (const flow of flows) {
      this.#state.logOf(session).debug(`Process ${session.pid} gone, deallocating flow ${flow.id}.`);
      this.deallocate(flow, 0, "the process at the other end is gone");
    }
  }

  #end(flow: FlowRecord, reason: string): void {
    flow.state = "ended";
    this.#state.sessions.get(flow.session)?.flows.delete(flow);
    const { peer } = flow;
    if (!peer) return;
    flow.peer = undefined;
    peer.peer = undefined;
    this.lost(peer, reason);
  }

  #free(flow: FlowRecord): void {
    if (flow.state === "ended" && flow.holds === 0) this.#state.flows.free(flow);
  }
}
