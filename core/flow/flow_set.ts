/**
 * Waiting for many flows at once: the reference's `fset` and `fevent`.
 *
 * @module
 */
import { FlowPeerError, InvalidError, PermissionError } from "../contract/errors.ts";
import { systemTimers } from "../os/clock.ts";
import { type Flow, watch, watcherOf } from "./flow.ts";
import type { FlowWatcher } from "./flow_calls.ts";
import { type WaitOptions, WaitQueue } from "./irmd/wait_queue.ts";

/**
 * What happened to a flow: a packet can be read; it is down, for good (`flow.down` says why) or only suspended
 * (`flow.suspended`); it was suspended and is up again; it was allocated; it was deallocated by this process; its other end has
 * not been heard of for too long. (Reference: FLOW_PKT; FLOW_DEALLOC or FLOW_DOWN; FLOW_UP; FLOW_ALLOC, which it never raises; none;
 * FLOW_PEER.)
 */
export type FlowEventType = "packet" | "down" | "up" | "allocated" | "deallocated" | "peer";

/** An event of a {@link FlowSet}. */
export interface FlowEvent {
  /** What happened. */
  readonly type: FlowEventType;
  /** To which flow. */
  readonly flow: Flow;
}

/**
 * A set of flows, and the events of its flows. A flow is in one set at most. `packet` is raised as long as the flow has
 * packets, the flows taking turns; the end of a flow, `peer` and `deallocated` once. A flow that is suspended raises `down`, in
 * front of packets that come later, and `up` when that is over; when it is over before anybody has asked, neither. A flow
 * that was deallocated leaves the set.
 *
 * @example
 * ```ts
 * import { Ouroboros } from "./client.ts";
 * import { FlowSet } from "./flow_set.ts";
 * import { TestingIrmd } from "../testing/irmd.ts";
 *
 * await using irmd = await TestingIrmd.start(); // In place of a real IRMd.
 * await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
 * const [here, there] = await Promise.all([ouro.allocate("echo"), ouro.accept()]);
 *
 * const set = new FlowSet();
 * set.add(there);
 * await here.write(new Uint8Array([1, 2, 3]));
 * const { type, flow } = await set.next({ timeout: 1000 });
 * console.assert(type === "packet" && flow.tryRead()?.length === 3);
 * set.clear();
 * ```
 */
export class FlowSet implements AsyncIterable<FlowEvent> {
  readonly #flows = new Set<Flow>();
  /** Flows that something may have happened to; whose turn it is first. */
  readonly #ready = new Set<Flow>();
  /** Flows whose end was told. */
  readonly #told = new WeakSet<Flow>();
  /** Flows that may have been suspended, or may be up again. */
  readonly #turned = new Set<Flow>();
  /** Flows of which the last news is that they are suspended. */
  readonly #suspended = new Set<Flow>();
  /** Flows whose allocation is to be told. */
  readonly #new = new Set<Flow>();
  readonly #left: Flow[] = [];
  readonly #waiting = new WaitQueue<undefined, FlowEvent>(systemTimers, "waiting for an event of a flow set");
  readonly #watcher: FlowWatcher<Flow> = {
    changed: (flow) => {
      this.#ready.add(flow);
      this.#wake();
    },
    stateChanged: (flow) => {
      this.#turned.add(flow);
      this.#wake();
    },
    deallocated: (flow) => {
      this.#forget(flow);
      this.#left.push(flow);
      this.#wake();
    },
  };

  /** How many flows are in the set. */
  get size(): number {
    return this.#flows.size;
  }

  /**
   * Puts a flow in. What it has already raises its events.
   *
   * @throws PermissionError when it is in a set, InvalidError when it was deallocated
   */
  add(flow: Flow): void {
    this.#put(flow);
    this.#wake();
  }

  /**
   * Puts a flow in as soon as it is allocated, which raises `allocated` before its other events. The promise is done when the flow is
   * in.
   *
   * @example
   * ```ts
   * import { Ouroboros } from "./client.ts";
   * import { FlowSet } from "./flow_set.ts";
   * import { TestingIrmd } from "../testing/irmd.ts";
   *
   * await using irmd = await TestingIrmd.start(); // In place of a real IRMd.
   * await using ouro = await Ouroboros.connect({ runtimeFolder: irmd.folder });
   * const set = new FlowSet();
   * const expected = [set.expect(ouro.accept()), set.expect(ouro.allocate("echo"))];
   * console.assert((await set.next()).type === "allocated");
   * await Promise.all(expected);
   * set.clear();
   * ```
   * @throws what the allocation has failed with, and what {@link add} throws
   */
  async expect(allocation: Promise<Flow>): Promise<void> {
    const flow = await allocation;
    this.#put(flow);
    this.#new.add(flow);
    this.#wake();
  }

  /** Takes a flow out; says whether it was in. */
  delete(flow: Flow): boolean {
    if (!this.#flows.has(flow)) return false;
    this.#forget(flow);
    return true;
  }

  /** Returns whether the flow is in the set. */
  has(flow: Flow): boolean {
    return this.#flows.has(flow);
  }

  /** Takes all flows out. */
  clear(): void {
    for (const flow of [...this.#flows]) this.#forget(flow);
    this.#left.length = 0;
  }

  /** The flows in the set. */
  [Symbol.iterator](): IterableIterator<Flow> {
    return this.#flows.values();
  }

  /**
   * Waits for the next event. `timeout: 0` only looks.
   *
   * @throws TimedOutError, CancelledError
   */
  next(options: WaitOptions = {}): Promise<FlowEvent> {
    const event = options.signal?.aborted || this.#waiting.size > 0 ? undefined : this.#event();
    return event ? Promise.resolve(event) : this.#waiting.add(undefined, options);
  }

  /** The events as they come, without end. */
  async *[Symbol.asyncIterator](): AsyncIterator<FlowEvent> {
    for (;;) yield await this.next();
  }

  #put(flow: Flow): void {
    if (watcherOf(flow)) throw new PermissionError(`flow ${flow.fd} is in a set already`);
    if (flow.deallocated) throw new InvalidError(`flow ${flow.fd} was deallocated`);
    watch(flow, this.#watcher);
    this.#flows.add(flow);
    if (flow.suspended) this.#turned.add(flow);
    if (flow.hasPacket || flow.down) this.#ready.add(flow);
  }

  #forget(flow: Flow): void {
    watch(flow);
    this.#flows.delete(flow);
    this.#ready.delete(flow);
    this.#turned.delete(flow);
    this.#suspended.delete(flow);
    this.#new.delete(flow);
  }

  #wake(): void {
    while (this.#waiting.size > 0) {
      const event = this.#event();
      if (!event) return;
      this.#waiting.settleFirst(event);
    }
  }

  #event(): FlowEvent | undefined {
    const left = this.#left.shift();
    if (left) return { type: "deallocated", flow: left };
    for (const flow of this.#new) {
      this.#new.delete(flow);
      return { type: "allocated", flow };
    }
    const turned = this.#turned.size > 0 ? this.#turn() : undefined;
    if (turned) return turned;
    for (const flow of this.#ready) {
      this.#ready.delete(flow);
      if (flow.hasPacket) {
        this.#ready.add(flow);
        return { type: "packet", flow };
      }
      if (flow.down && !this.#told.has(flow)) {
        this.#told.add(flow);
        return { type: flow.down.cause instanceof FlowPeerError ? "peer" : "down", flow };
      }
    }
    return undefined;
  }

  #turn(): FlowEvent | undefined {
    for (const flow of this.#turned) {
      this.#turned.delete(flow);
      if (flow.suspended === this.#suspended.has(flow)) continue;
      if (this.#suspended.delete(flow)) return { type: "up", flow };
      this.#suspended.add(flow);
      return { type: "down", flow };
    }
    return undefined;
  }
}
