/**
 * What a layer stands on that is one of several: its members reach each other over links, or over flows of layers below, of which their
 * hosts have members, too.
 *
 * @module
 */
import { NameError } from "../../contract/errors.ts";
import type { Lower, LowerFlow } from "../../contract/ipcp.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { FdTable } from "../../kit/number_pool.ts";
import type { ApplicationFlow } from "../experiment/application_flow.ts";
import type { Topology } from "../experiment/topology.ts";
import type { Ground, GroundNode } from "../ground.ts";
import type { SimulatedLayer } from "../layer.ts";
import type { Member } from "../member.ts";
import type { SimulatedLink } from "../network/link.ts";
import { Network } from "../network.ts";
import type { NetworkNode } from "../network_node.ts";
import type { Scheduler } from "../scheduler.ts";
import { StackedFlow } from "./stacked_flow.ts";

/** A layer that stands on others. */
export type StackedLayer = SimulatedLayer<StackGround>;

/** Who carries what two members say to each other: a link, or a layer in which both hosts have members of these numbers. */
export type Carrying =
  | { readonly link: SimulatedLink }
  | { readonly layer: StackedLayer; readonly ends: readonly [number, number] };

/** What a ground is made of. */
export interface StackOptions {
  /** Virtual time. */
  readonly scheduler: Scheduler;
  /** The members and who is joined to whom. */
  readonly topology: Topology;
  /** What carries each edge, in its order. */
  readonly carrying: readonly Carrying[];
  /** Names of the IPCPs by their numbers. */
  readonly nameOf: (node: number) => string;
}

/** Milliseconds until a name that could not be registered below is registered again. */
const RETRY = 1000;

/** The ground of a layer. */
export class StackGround implements Ground {
  readonly scheduler: Scheduler;
  readonly topology: Topology;
  readonly nodes: readonly StackNode[];
  /** Its part that is links; its observer sees what goes over those. */
  readonly network: Network;
  /** Sees what is sent over flows of layers below. */
  onSent: (flow: StackedFlow, start: Uint8Array, length: number) => void = () => {};

  /** Makes one. */
  constructor({ scheduler, topology, carrying, nameOf }: StackOptions) {
    this.scheduler = scheduler;
    this.topology = topology;
    const links = carrying.flatMap((one) => "link" in one ? [one.link] : []);
    const edges = topology.edges.filter((_, index) => "link" in carrying[index]);
    this.network = new Network({ topology: { nodes: topology.nodes, edges }, scheduler, links });
    this.nodes = this.network.nodes.map((node) => new StackNode(node, this));
    topology.edges.forEach(([a, b], index) => {
      const one = carrying[index];
      if ("link" in one) return;
      const { layer, ends: [from, to] } = one;
      this.nodes[a].join(nameOf(b), layer, from);
      this.nodes[b].join(nameOf(a), layer, to);
    });
  }
}

/** A member of a layer below, on the same host. */
interface Foot {
  readonly layer: StackedLayer;
  readonly index: number;
}

/** A node of it. */
export class StackNode implements GroundNode {
  /** Milliseconds by which its wall clock is ahead. */
  clockShift = 0;
  /** Layers below by the names of those whom they lead to. */
  readonly #ways = new Map<string, Foot>();
  readonly #feet: Foot[] = [];
  readonly #flows = new Set<StackedFlow>();
  #accept: ((flow: LowerFlow) => void) | undefined;
  /** Rises when the node loses everything, so that answers to what was asked before are dropped. */
  #life = 0;

  /** Makes one. */
  constructor(
    /** What it has over links. */
    readonly links: NetworkNode,
    private readonly ground: StackGround,
  ) {}

  readonly lower: Lower = {
    allocate: (name, qos, done) => {
      const way = this.#ways.get(name);
      if (way) this.#allocate(way, name, qos, done);
      else this.links.lower.allocate(name, qos, done);
    },
    accept: (accept) => {
      this.#accept = accept;
      this.links.lower.accept(accept);
    },
  };

  get index(): number {
    return this.links.index;
  }

  get fds(): FdTable {
    return this.links.fds;
  }

  /** Returns the flows of layers below that its IPCP has. */
  get flows(): Iterable<StackedFlow> {
    return this.#flows;
  }

  /** The IPCP of a name is reached over a layer, of which member `index` is on this host. */
  join(name: string, layer: StackedLayer, index: number): void {
    const foot = this.#feet.find((one) => one.layer === layer) ?? { layer, index };
    if (!this.#feet.includes(foot)) this.#feet.push(foot);
    this.#ways.set(name, foot);
  }

  announce(names: readonly string[], done: () => void): void {
    this.links.announce(names, () => {});
    // Members enroll with each other by the first name.
    const life = this.#life;
    let left = this.#feet.length;
    if (left === 0) return done();
    for (const foot of this.#feet) {
      this.#register(foot, names[0], life, () => {
        if (--left === 0) done();
      });
    }
  }

  reset(notice: boolean): void {
    this.#life++;
    this.#accept = undefined;
    for (const flow of [...this.#flows]) {
      flow.onDown(() => {});
      if (notice) flow.deallocate();
      else flow.fail("the IPCP is gone");
    }
    this.links.reset(notice);
  }

  #register(foot: Foot, name: string, life: number, done: () => void): void {
    const { layer, index } = foot;
    const again = () => {
      if (this.#life !== life) return;
      const member = layer.members[index];
      if (!member.layer) return void this.ground.scheduler.after(RETRY, again);
      member.applications.serve(
        layer.hash(name),
        (flow) => {
          if (this.#life === life && this.#accept) this.#accept(this.#open(flow, member));
          else flow.deallocate();
        },
        ({ ok }) => {
          if (ok) done();
          else this.ground.scheduler.after(RETRY, again);
        },
      );
    };
    again();
  }

  #allocate({ layer, index }: Foot, name: string, qos: QosSpec, done: Done<LowerFlow>): void {
    const life = this.#life;
    const member = layer.members[index];
    if (!member.layer) {
      const error = new NameError(`the host is in no layer that leads to ${name}`);
      return void this.ground.scheduler.after(0, () => this.#life === life && done(failure(error)));
    }
    member.applications.allocate(layer.hash(name), qos, (outcome) => {
      if (this.#life === life) done(outcome.ok ? success(this.#open(outcome.value, member)) : outcome);
      else if (outcome.ok) outcome.value.deallocate();
    });
  }

  #open(flow: ApplicationFlow, member: Member<StackNode>): StackedFlow {
    const { fds } = this;
    const opened = new StackedFlow(fds.take(), flow, member.layer?.maxPacket, {
      sent: this.ground.onSent,
      ended: (ended) => {
        this.#flows.delete(ended);
        fds.release(ended.fd);
      },
    });
    this.#flows.add(opened);
    return opened;
  }
}
