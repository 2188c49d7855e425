/**
 * A member of a simulated layer: an IPCP on a node of the network, with its applications.
 *
 * @module
 */
import { pid } from "../contract/ids.ts";
import type { Ipcp, Layer } from "../contract/ipcp.ts";
import type { IpcpContext } from "../contract/plugin.ts";
import type { Log, Ports, Timers } from "../contract/ports.ts";
import { Applications } from "./experiment/applications.ts";
import type { GroundNode } from "./ground.ts";
import type { NetworkNode } from "./network_node.ts";
import type { Scheduler } from "./scheduler.ts";
import { Membership } from "../ipcp/connection/membership.ts";
import type { PolicyTable } from "../wire/layer/layer_extension.ts";
import { SeededRandom } from "../kit/seeded_random.ts";
import { NO_NETWORKS } from "../contract/network.ts";

/** What members are made of. */
export interface MemberContext {
  /** Virtual time. */
  readonly scheduler: Scheduler;
  /** Name of the IPCP type. */
  readonly type: string;
  /** Gives the declarations of plugins. */
  readonly policies: PolicyTable;
  /** Makes the IPCP type. */
  create(context: IpcpContext): Ipcp;
  /** Seed of the run. */
  readonly seed: number;
  /** Name of the IPCP on a node. */
  nameOf(node: number): string;
  /** Log of a member. */
  log(name: string): Log;
}

/** An IPCP and what is above it, from its start to its end. After a restart of the node there is another one. */
export class Member<Node extends GroundNode = NetworkNode> {
  /** Name of the IPCP: `node.0` and so on, unless the layer names them otherwise. */
  readonly name: string;
  /** The IPCP. */
  readonly ipcp: Ipcp;
  /** The layer, once it is in one. */
  layer: Layer | undefined;
  /** What is above it. */
  readonly applications: Applications;
  /** What is below it. */
  readonly node: Node;
  #alive = true;

  /** Makes the IPCP. @param life how often the node was started before: another life has other random values */
  constructor(node: Node, context: MemberContext, life = 0) {
    const { scheduler } = context;
    this.node = node;
    this.name = context.nameOf(node.index);
    this.applications = new Applications(scheduler, node.fds, () => this.layer);
    const timers: Timers = {
      after: (delay, run) => scheduler.after(delay, () => this.#alive && run()),
    };
    const ports: Ports = {
      clock: { now: () => scheduler.now(), wall: () => scheduler.wall() + node.clockShift },
      timers,
      random: new SeededRandom(seedOf(context.seed, node.index, life)),
      log: context.log(this.name),
    };
    this.ipcp = context.create({
      ...ports,
      name: this.name,
      pid: pid(node.index + 1),
      upper: this.applications,
      lower: node.lower,
      networks: NO_NETWORKS,
      members: (part) =>
        new Membership(ports, node.lower, context.type, { policies: context.policies, part }),
    });
  }

  /** Returns whether it has not ended. */
  get alive(): boolean {
    return this.#alive;
  }

  /**
   * The process dies without a word.
   *
   * @param notice the other ends of its flows are told by the layers below
   */
  kill(notice = true): void {
    if (!this.#alive) return;
    this.#alive = false;
    for (const flow of [...this.applications.flows]) flow.end();
    this.node.reset(notice);
  }

  /** The IPCP is shut down in order. */
  shutdown(): void {
    if (!this.#alive) return;
    if (this.layer) this.layer.shutdown();
    else this.ipcp.shutdown?.();
    this.kill();
  }
}

/** Neighbouring seeds must not give neighbouring nodes the same values. */
function seedOf(seed: number, index: number, life: number): number {
  return Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ Math.imul(life + 1, 0xc2b2ae35);
}
