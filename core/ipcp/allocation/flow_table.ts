/**
 * The flows of an IPCP, by their users above: how they come up and end. Both sides of flow allocation, the one that requests and
 * the one that responds, work on it.
 *
 * @module
 */
import type { Upper, UpperFlow } from "../../contract/ipcp.ts";
import type { Log, Ports, Timer } from "../../contract/ports.ts";
import { TimerGroup } from "../../kit/timer_group.ts";
import type { AnyFlowRecord } from "./flow_record.ts";

/** What a table of flows works with. */
export interface FlowTableContext {
  readonly ports: Ports;
  readonly upper: Upper;
  readonly log: Log;
  /** Longest life of a packet in the layer, in milliseconds. */
  readonly mpl: number;
}

/** The flows of one IPCP. */
export abstract class FlowTable<Flow extends AnyFlowRecord> {
  readonly ports: Ports;
  readonly upper: Upper;
  readonly log: Log;
  readonly mpl: number;
  /** The flows that somebody above has, or is offered. */
  readonly users = new Map<UpperFlow, Flow>();
  readonly #timers: TimerGroup;
  #over = false;

  constructor({ ports, upper, log, mpl }: FlowTableContext) {
    this.ports = ports;
    this.upper = upper;
    this.log = log;
    this.mpl = mpl;
    this.#timers = new TimerGroup(ports.clock, ports.timers);
  }

  /** Whether it was shut down: what comes late is ignored. */
  get over(): boolean {
    return this.#over;
  }

  /** Makes an end of a flow, with an id. @throws ExhaustedError when there is none */
  abstract make(upper: UpperFlow, peer: Flow["peer"], state: "requested" | "offered"): Flow;

  /**
   * Tells the other end of a flow, whose id is known, that it is deallocated.
   *
   * @returns whether it may be told again: the message may get lost
   */
  abstract tell(flow: Flow): boolean;

  /** Takes packets from above for a flow that is up from now on. */
  protected abstract opened(flow: Flow): void;
  /** Takes no more packets for a flow that was up. */
  protected abstract closed(flow: Flow): void;
  /** Takes the id of a flow back. Taking it back twice is harmless. */
  protected abstract released(flow: Flow): void;

  /** Makes a flow up. */
  open(flow: Flow): void {
    flow.state = "up";
    this.users.set(flow.upper, flow);
    this.opened(flow);
  }

  /** Forgets an end of a flow. */
  drop(flow: Flow): void {
    this.#close(flow, "gone");
    this.released(flow);
    if (this.users.get(flow.upper) === flow) this.users.delete(flow.upper);
  }

  /** Tells the process above that the other end of a flow that was up is gone. */
  lose(flow: Flow, reason: string): void {
    this.#close(flow, "lost");
    if (flow.leave) flow.leave();
    else this.upper.down(flow.upper, reason);
  }

  /** Calls `run` after `delay` milliseconds, unless it is all over by then. */
  after(delay: number, run: () => void): Timer {
    return this.#timers.after(delay, run);
  }

  /** Tells the other ends and disarms all timers: no call comes after this one. */
  shutdown(): void {
    const up = [...this.users.values()].filter(({ state }) => state === "up");
    // The other end may be in this very IPCP.
    for (const flow of up) flow.state = "gone";
    for (const flow of up) this.tell(flow);
    this.#over = true;
    this.#timers.stop();
  }

  #close(flow: Flow, state: "lost" | "gone"): void {
    const wasUp = flow.state === "up";
    flow.state = state;
    if (wasUp) this.closed(flow);
  }
}
