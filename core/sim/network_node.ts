/**
 * A node of a simulated network: its links, and the flows over them that its IPCP allocates and accepts.
 *
 * @module
 */
import { FlowDownError, NameError, type OuroError } from "../contract/errors.ts";
import type { Lower, LowerFlow } from "../contract/ipcp.ts";
import { type Done, failure, success } from "../contract/outcome.ts";
import type { QosSpec } from "../contract/qos.ts";
import { FdTable } from "../kit/number_pool.ts";
import type { GroundNode } from "./ground.ts";
import type { SimulatedLink } from "./network/link.ts";
import { type Carrier, SimulatedFlow } from "./network/simulated_flow.ts";

interface Attachment {
  readonly link: SimulatedLink;
  readonly direction: 0 | 1;
  readonly other: NetworkNode;
}

/** A node. */
export class NetworkNode implements GroundNode {
  /** Names under which it accepts flows. */
  readonly names = new Set<string>();
  /** Milliseconds by which its wall clock is ahead. */
  clockShift = 0;
  readonly #attachments: Attachment[] = [];
  readonly #flows = new Set<SimulatedFlow>();
  #accept: ((flow: LowerFlow) => void) | undefined;
  #fds = new FdTable();
  /** Rises when the node loses everything, so that answers to what was asked before are dropped. */
  #life = 0;

  /** Makes one without links. */
  constructor(
    /** Its number. */
    readonly index: number,
    private readonly carrier: Carrier,
  ) {}

  /** What the IPCP of the node gets as its layers below. */
  readonly lower: Lower = {
    allocate: (name, qos, done) => this.#allocate(name, qos, done),
    accept: (accept) => this.#accept = accept,
  };

  /** Returns the table of the numbers of flows of its IPCP. */
  get fds(): FdTable {
    return this.#fds;
  }

  announce(names: readonly string[], done: () => void): void {
    for (const name of names) this.names.add(name);
    done();
  }

  /** Joins it to another node. */
  attach(link: SimulatedLink, direction: 0 | 1, other: NetworkNode): void {
    this.#attachments.push({ link, direction, other });
  }

  /** Returns the flows over its links. */
  get flows(): Iterable<SimulatedFlow> {
    return this.#flows;
  }

  /** The other ends are told after the delay of the link. */
  reset(notice: boolean): void {
    this.#life++;
    this.#accept = undefined;
    this.names.clear();
    for (const flow of [...this.#flows]) {
      flow.onDown(() => {});
      if (notice) flow.deallocate();
      else flow.fail("the IPCP is gone");
    }
    this.#fds = new FdTable();
  }

  #allocate(name: string, qos: QosSpec, done: Done<LowerFlow>): void {
    const { scheduler } = this.carrier;
    const life = this.#life;
    const fail = (error: OuroError, delay: number) =>
      scheduler.after(delay, () => this.#life === life && done(failure(error)));
    const way = this.#attachments.find(({ link, other }) =>
      link.up && other.names.has(name) && other.#accept
    );
    if (!way) return void fail(new NameError(`no link leads to a node that accepts flows to ${name}`), 0);
    const { link, direction, other } = way;
    const { delay } = link.options;
    const { cuts } = link;
    const own = this.#open(qos, link, direction);
    scheduler.after(delay, () => {
      if (this.#life !== life) return;
      const accept = other.#accept;
      if (link.cuts !== cuts || !accept || !other.names.has(name)) {
        own.fail("there is no other end");
        return fail(new FlowDownError(`the node that accepts flows to ${name} is gone`), delay);
      }
      const peer = other.#open(qos, link, direction === 0 ? 1 : 0);
      own.peer = peer;
      peer.peer = own;
      scheduler.after(delay, () => {
        if (own.over) fail(new FlowDownError(`the flow to ${name} went down at once`), 0);
        else done(success(own));
      });
      accept(peer);
    });
  }

  #open(qos: QosSpec, link: SimulatedLink, direction: 0 | 1): SimulatedFlow {
    const fds = this.#fds;
    const fd = fds.take();
    const flow: SimulatedFlow = new SimulatedFlow(
      fd,
      qos,
      { node: this.index, link, direction },
      this.carrier,
      () => {
        this.#flows.delete(flow);
        fds.release(fd);
      },
    );
    this.#flows.add(flow);
    return flow;
  }
}
