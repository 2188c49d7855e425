/**
 * Nodes joined by links, in virtual time. Each link stands for a layer of its own that both nodes are in.
 *
 * @module
 */
import { DEFAULT_LINK, type LinkOptions, SimulatedLink } from "./network/link.ts";
import { NetworkNode } from "./network_node.ts";
import { BlockPool } from "./network/packet_queue.ts";
import type { Ground } from "./ground.ts";
import { Scheduler } from "./scheduler.ts";
import type { Carrier, SimulatedFlow } from "./network/simulated_flow.ts";
import { neighbours, type Topology } from "./experiment/topology.ts";

/**
 * Sees every packet that is sent: its first bytes (at least those of its header), how long it is, and the bytes behind the first ones,
 * if there are some.
 */
export type Observer = (flow: SimulatedFlow, start: Uint8Array, length: number, rest?: Uint8Array) => void;

/** What a network is made of. */
export interface NetworkOptions {
  /** Nodes and links. */
  readonly topology: Topology;
  /** Properties of links; {@link DEFAULT_LINK} for what is left out. */
  readonly link?: Partial<LinkOptions>;
  /** Virtual time; one of its own when it is left out. */
  readonly scheduler?: Scheduler;
  /** The links, one for each edge, where several networks share them; left out: links of its own. */
  readonly links?: readonly SimulatedLink[];
}

/**
 * A network.
 *
 * @example
 * ```ts
 * import { Network } from "./network.ts";
 * import { ring } from "./experiment/topology.ts";
 * import { QOS } from "../contract/qos.ts";
 * import assert from "node:assert/strict";
 * const network = new Network({ topology: ring(3), link: { delay: 5 } });
 * const [alice, bob] = network.nodes;
 * bob.names.add("bob");
 * bob.lower.accept((flow) => flow.onPacket((packet) => assert.deepEqual([...packet], [1, 2, 3])));
 * alice.lower.allocate("bob", QOS.raw, (outcome) => outcome.ok && outcome.value.send(Uint8Array.of(1, 2, 3)));
 * network.scheduler.advance(100);
 * ```
 */
export class Network implements Ground {
  /** Virtual time. */
  readonly scheduler: Scheduler;
  /** What it was made from. */
  readonly topology: Topology;
  /** In the order of the topology. */
  readonly nodes: readonly NetworkNode[];
  /** One for each edge, in its order. */
  readonly links: readonly SimulatedLink[];
  /** Sees every packet; may be replaced. */
  observer: Observer = () => {};

  /** Makes nodes and links. */
  constructor({ topology, link = {}, scheduler = new Scheduler(), links }: NetworkOptions) {
    this.scheduler = scheduler;
    this.topology = topology;
    const carrier: Carrier = {
      scheduler,
      pool: new BlockPool(),
      observe: (flow, start, length, rest) => this.observer(flow, start, length, rest),
    };
    this.nodes = neighbours(topology).map((_, index) => new NetworkNode(index, carrier));
    this.links = topology.edges.map(([a, b], index) => {
      const made = links?.[index] ?? new SimulatedLink({ ...DEFAULT_LINK, ...link });
      this.nodes[a].attach(made, 0, this.nodes[b]);
      this.nodes[b].attach(made, 1, this.nodes[a]);
      return made;
    });
  }

  /** Returns the link of two nodes; undefined when none joins them. */
  linkOf(a: number, b: number): SimulatedLink | undefined {
    const at = this.topology.edges.findIndex(([from, to]) =>
      (from === a && to === b) || (from === b && to === a)
    );
    return this.links[at];
  }
}
