/**
 * A layer of a scenario as it is played: its members, how far they have come, and what they send.
 *
 * @module
 */
import type { Registry } from "../../registry/registry.ts";
import { BringUp } from "../experiment/bring_up.ts";
import { Traffic, TRAFFIC_KINDS, type TrafficCount, type TrafficKind } from "../experiment/traffic.ts";
import { SimulatedLayer } from "../layer.ts";
import type { SimulatedLink } from "../network/link.ts";
import type { SimulatedFlow } from "../network/simulated_flow.ts";
import type { Scenario, ScenarioLayer } from "../scenario/scenario.ts";
import type { Scheduler } from "../scheduler.ts";
import { type Carrying, type StackedLayer, StackGround } from "../stack/stack_ground.ts";

/** What layers are made from. */
export interface LayerSource {
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly registry: Registry;
  readonly links: readonly SimulatedLink[];
  /** Those that were made before. */
  readonly layers: readonly PlayedLayer[];
}

/** Sees what is sent over links. */
export type SeePacket = (
  layer: PlayedLayer,
  flow: SimulatedFlow,
  start: Uint8Array,
  length: number,
  rest?: Uint8Array,
) => void;

/** When something was done, in milliseconds of virtual time since the layer's start; undefined: it was not. */
export interface UpTimes {
  readonly enrolled: number | undefined;
  readonly connected: number | undefined;
  readonly converged: number | undefined;
}

/** A layer. */
export class PlayedLayer {
  readonly bringUp: BringUp;
  /** Its height: 0 stands on links only. */
  readonly height: number;
  /** What was sent until it had converged. */
  startTraffic: Readonly<Record<TrafficKind, TrafficCount>>;
  #startedAt = 0;
  #convergedAt: number | undefined;
  /** Members looked at so far that know all others. */
  #known = 0;

  private constructor(
    readonly spec: ScenarioLayer,
    readonly layer: StackedLayer,
    readonly traffic: Traffic,
    heights: readonly number[],
    private readonly scheduler: Scheduler,
  ) {
    this.bringUp = new BringUp(layer);
    this.height = Math.max(-1, ...heights) + 1;
    this.startTraffic = traffic.counts();
  }

  /** Makes the members of the next layer of a scenario. @throws PluginError, InvalidError */
  static async make(
    { scenario, scheduler, registry, links, layers }: LayerSource,
    see: SeePacket,
  ): Promise<PlayedLayer> {
    const spec = scenario.layers[layers.length];
    const indexIn = (layer: PlayedLayer, host: number) => layer.spec.members.indexOf(host);
    const carrying = spec.carriers.map((carrier, edge): Carrying => {
      if ("link" in carrier) return { link: links[carrier.link] };
      const below = layers[carrier.layer];
      const [a, b] = spec.topology.edges[edge].map((member) => indexIn(below, spec.members[member]));
      return { layer: below.layer, ends: [a, b] };
    });
    const nameOf = (member: number) => `${spec.name}.${scenario.hosts[spec.members[member]]}`;
    const network = new StackGround({ scheduler, topology: spec.topology, carrying, nameOf });
    const layer: StackedLayer = await SimulatedLayer.make({
      network,
      registry,
      seed: Math.imul(scenario.seed, 0x01000193) + layers.length,
      type: spec.type,
      options: spec.options,
      name: spec.name,
      nameOf,
    });
    const formats = await registry.formats("ipcp", layer.type);
    const { ttl } = layer.config.options;
    const traffic = new Traffic(
      typeof ttl === "number" ? ttl : 0,
      (packet) => formats?.transferHeader?.(packet),
    );
    const below = spec.carriers.flatMap((carrier) =>
      "layer" in carrier ? [layers[carrier.layer].height] : []
    );
    const made = new PlayedLayer(spec, layer, traffic, below, scheduler);
    network.onSent = traffic.observe;
    network.network.observer = (flow, start, length, rest) => {
      traffic.observe(flow, start, length);
      see(made, flow, start, length, rest);
    };
    return made;
  }

  /** Lets the first member make it and the others join. */
  start(): void {
    this.#startedAt = this.scheduler.now();
    this.bringUp.start();
  }

  /** Returns whether all are in, connected, and have a way to all others; looked at as long as it is not so. */
  get up(): boolean {
    if (this.#convergedAt !== undefined) return true;
    if (!this.bringUp.complete) return false;
    const { members } = this.layer;
    if (this.spec.routes) {
      while (this.#known < members.length && this.#knowsAll(this.#known)) this.#known++;
      if (this.#known < members.length) return false;
    }
    this.#convergedAt = this.scheduler.now();
    this.startTraffic = this.traffic.counts();
    return true;
  }

  /** Returns when it had come how far. */
  get times(): UpTimes {
    const since = (time: number) => time - this.#startedAt;
    const { bringUp } = this;
    const { nodes, edges } = this.spec.topology;
    const converged = this.#convergedAt;
    const is = converged !== undefined;
    return {
      enrolled: is || bringUp.enrolled === nodes ? since(bringUp.enrolledAt) : undefined,
      connected: is || bringUp.connected === edges.length ? since(bringUp.connectedAt) : undefined,
      converged: converged === undefined ? undefined : since(converged),
    };
  }

  /** Returns what was sent since {@link startTraffic}. */
  get laterTraffic(): Readonly<Record<TrafficKind, TrafficCount>> {
    const now = this.traffic.counts();
    const entries = TRAFFIC_KINDS.map((kind) => {
      const [later, earlier] = [now[kind], this.startTraffic[kind]];
      return [kind, {
        sent: later.sent - earlier.sent,
        bytes: later.bytes - earlier.bytes,
        messages: later.messages - earlier.messages,
      }] as const;
    });
    // The record was made from all kinds.
    return Object.fromEntries(entries) as Record<TrafficKind, TrafficCount>;
  }

  #knowsAll(member: number): boolean {
    // A third party's type may not tell.
    const reach = this.layer.members[member].layer?.reach;
    return reach === undefined || reach >= this.layer.members.length - 1;
  }
}
