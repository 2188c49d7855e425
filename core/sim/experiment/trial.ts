/**
 * A layer under observation: lets virtual time pass in steps and says what each step took and what was sent meanwhile.
 *
 * @module
 */
import { Scheduler } from "../scheduler.ts";
import type { PacketFormats } from "../../contract/formats.ts";
import { BringUp } from "./bring_up.ts";
import { type LayerOptions, SimulatedLayer } from "../layer.ts";
import type { LinkOptions } from "../network/link.ts";
import { Network } from "../network.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import type { Topology } from "./topology.ts";
import { Traffic, TRAFFIC_KINDS, type TrafficCount, type TrafficKind } from "./traffic.ts";

/** What a trial is made of. */
export interface TrialOptions extends Omit<LayerOptions, "network"> {
  /** Nodes and links. */
  readonly topology: Topology;
  /** Properties of links; `DEFAULT_LINK` for what is left out. */
  readonly link?: Partial<LinkOptions>;
  /** What wall clocks show at the start, in milliseconds since 1970; 0 when it is left out. */
  readonly epoch?: number;
}

/** What happened in a step. */
export interface Step {
  /** Milliseconds that it took. */
  readonly took: number;
  /** What was sent, by kind. */
  readonly traffic: Readonly<Record<TrafficKind, TrafficCount>>;
}

/** Milliseconds between two looks at a condition that is not cheap. */
const LOOK = 10;

/** A layer under observation. */
export class Trial {
  /** Nodes and links. */
  readonly network: Network;
  /** Their IPCPs. */
  readonly layer: SimulatedLayer;
  /** How far they have come. */
  readonly bringUp: BringUp;
  /** What they have sent. */
  readonly traffic: Traffic;
  /** Random values for the trial's own choices. */
  readonly random: SeededRandom;

  private constructor(layer: SimulatedLayer, seed: number, formats: PacketFormats | undefined) {
    this.layer = layer;
    this.network = layer.network;
    this.bringUp = new BringUp(layer);
    this.random = new SeededRandom(~seed);
    const { ttl } = layer.config.options;
    this.traffic = new Traffic(
      typeof ttl === "number" ? ttl : 0,
      (packet) => formats?.transferHeader?.(packet),
    );
    this.network.observer = this.traffic.observe;
  }

  /** Makes the network and the layer; nobody is in it yet. Throws what `SimulatedLayer.make` throws. */
  static async make({ topology, link, epoch = 0, ...options }: TrialOptions): Promise<Trial> {
    const network = new Network({ topology, link, scheduler: new Scheduler(epoch) });
    const layer = await SimulatedLayer.make({ ...options, network });
    return new Trial(layer, options.seed, await options.registry.formats("ipcp", layer.type));
  }

  /** Returns the milliseconds of virtual time since the start. */
  get now(): number {
    return this.network.scheduler.now();
  }

  /**
   * Lets time pass until a condition holds, looked at after each event, or for `limit` milliseconds.
   *
   * @returns what happened, and whether the condition holds
   */
  until(limit: number, condition: () => boolean): Step & { readonly reached: boolean } {
    const { scheduler } = this.network;
    return this.#observe(() => condition() || scheduler.runUntil(scheduler.now() + limit, condition));
  }

  /** The same, for a condition that is looked at every 10 ms only, and of each member in turn until it holds for it once. */
  untilEach(limit: number, condition: (index: number) => boolean): Step & { readonly reached: boolean } {
    const { members } = this.layer;
    let index = 0;
    const all = () => {
      while (index < members.length && condition(index)) index++;
      return index === members.length;
    };
    return this.#observe(() => {
      for (let waited = 0; !all() && waited < limit; waited += LOOK) this.network.scheduler.advance(LOOK);
      return all();
    });
  }

  /** Returns whether a member is in the layer and has a way to all others, as far as its type knows. */
  reachesAll(index: number): boolean {
    return this.layer.members[index].layer?.reach === this.layer.members.length - 1;
  }

  /** Lets time pass. */
  rest(milliseconds: number): Step {
    return this.until(milliseconds, () => false);
  }

  #observe(run: () => boolean): Step & { readonly reached: boolean } {
    const [start, before] = [this.now, this.traffic.counts()];
    const reached = run();
    const after = this.traffic.counts();
    const traffic = combine(after, before, (later, earlier) => later - earlier);
    return { took: this.now - start, traffic, reached };
  }
}

/** Adds up what was sent in several steps. */
export function sum(...steps: readonly Step[]): Step {
  return steps.reduce((a, b) => ({
    took: a.took + b.took,
    traffic: combine(a.traffic, b.traffic, (one, other) => one + other),
  }));
}

function combine(
  a: Step["traffic"],
  b: Step["traffic"],
  by: (a: number, b: number) => number,
): Record<TrafficKind, TrafficCount> {
  const entries = TRAFFIC_KINDS.map((kind) => {
    const [one, other] = [a[kind], b[kind]];
    const count: TrafficCount = {
      sent: by(one.sent, other.sent),
      bytes: by(one.bytes, other.bytes),
      messages: by(one.messages, other.messages),
    };
    return [kind, count] as const;
  });
  // The record was made from all kinds.
  return Object.fromEntries(entries) as Record<TrafficKind, TrafficCount>;
}
