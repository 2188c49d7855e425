/**
 * Plays a scenario in virtual time: brings its layers up from the bottom, lets its applications send and its events happen, and says
 * what was seen.
 *
 * @module
 */
import { impairment } from "../../kit/impairment.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import type { PluginFault } from "../../registry/guard/plugin_guard.ts";
import type { Registry } from "../../registry/registry.ts";
import { SimulatedLink } from "../network/link.ts";
import type { SimulatedFlow } from "../network/simulated_flow.ts";
import type { Happening, Scenario } from "../scenario/scenario.ts";
import { Scheduler } from "../scheduler.ts";
import { drawEnds } from "./draw_ends.ts";
import { FlowMeter } from "./flow_meter.ts";
import { PlayedFlow, serve, type Surroundings } from "./played_flow.ts";
import { PlayedLayer, type SeePacket } from "./played_layer.ts";
import { reachIs, reachNow } from "./reachability.ts";
import { Trace } from "./trace.ts";

/** Where a scenario is while it is played. */
export interface Progress {
  /** What happens, in words. */
  readonly step: string;
  /** Virtual milliseconds since the start. */
  readonly now: number;
  /** Events of the simulation so far. */
  readonly events: number;
}

/** How a scenario is played. */
export interface PlayOptions {
  readonly registry: Registry;
  /** Sees every packet on links: all of it, when it was sent in virtual milliseconds, and its link and direction. */
  onPacket?(packet: SeenPacket): void;
}

/** A packet on a link. */
export interface SeenPacket {
  readonly time: number;
  /** Number of the link. */
  readonly link: number;
  /** Numbers of the hosts. */
  readonly from: number;
  readonly to: number;
  readonly layer: PlayedLayer;
  /** The flow; each of its two ends is one. */
  readonly flow: SimulatedFlow;
  readonly header: Uint8Array;
  readonly rest: Uint8Array | undefined;
}

/** Flows of one table of the scenario. */
export interface PlayedGroup {
  readonly meters: readonly FlowMeter[];
  /** Numbers of the hosts of each. */
  readonly ends: readonly (readonly [number, number])[];
}

/** What went over a link. */
export interface LinkCount {
  readonly packets: number;
  readonly bytes: number;
}

/** Longest that layers of one height may take to come up, in virtual milliseconds. */
const LIMIT = 300_000;
/** Milliseconds between two looks, and of a step. */
const LOOK = 10;
/** What was sent at the end arrives within this time. */
const DRAIN = 1000;
/** Names become known within this time. */
const SETTLE = 1000;

/** A scenario that is played. */
export class Play {
  readonly layers: readonly PlayedLayer[];
  readonly groups: PlayedGroup[] = [];
  /**
   * After each event that changed who can reach whom, milliseconds until all members knew ways to just those; null: not before the next
   * event, undefined: nothing has changed.
   */
  readonly repairs: (number | null | undefined)[] = [];
  readonly trace = new Trace();
  readonly #links: readonly SimulatedLink[];
  readonly #packets: Float64Array;
  readonly #bytes: Float64Array;
  readonly #random: SeededRandom;
  readonly #flows: PlayedFlow[] = [];
  /** What is done when a member of a layer has joined again, by its number. */
  readonly #joinedCalls: readonly Map<number, (() => void)[]>[];
  #origin = 0;
  /** The event whose routes are watched. */
  #watched = -1;

  private constructor(
    readonly scenario: Scenario,
    private readonly scheduler: Scheduler,
    links: readonly SimulatedLink[],
    layers: readonly PlayedLayer[],
    private readonly registry: Registry,
  ) {
    this.layers = layers;
    this.#links = links;
    this.#packets = new Float64Array(links.length);
    this.#bytes = new Float64Array(links.length);
    this.#random = new SeededRandom(~scenario.seed);
    this.#joinedCalls = layers.map(({ bringUp }) => {
      const calls = new Map<number, (() => void)[]>();
      bringUp.onJoined = (node) => calls.get(node)?.forEach((run) => run());
      return calls;
    });
  }

  /** Makes links and members; nothing happens yet. @throws PluginError, InvalidError */
  static async make(scenario: Scenario, options: PlayOptions): Promise<Play> {
    const scheduler = new Scheduler();
    const links = scenario.links.map(({ delay, rate, queue, mtu, loss, jitter }, index) => {
      const link = new SimulatedLink({ delay, rate, queue, maxPacket: mtu, absence: false });
      if (loss > 0 || jitter > 0) {
        const ways = [0, 1].map((way) =>
          impairment(
            { loss, jitter },
            new SeededRandom(Math.imul(scenario.seed, 0x9e3779b1) + 2 * index + way),
          )
        );
        link.impairment = (packet, now, way) => ways[way](packet, now);
      }
      return link;
    });
    const numbers = new Map(links.map((link, index) => [link, index]));
    const layers: PlayedLayer[] = [];
    let see: SeePacket = () => {};
    const source = { scenario, scheduler, registry: options.registry, links, layers };
    while (layers.length < scenario.layers.length) {
      layers.push(await PlayedLayer.make(source, (...packet) => see(...packet)));
    }
    const play = new Play(scenario, scheduler, links, layers, options.registry);
    see = (layer, flow, header, length, rest) => {
      const { node, link: carrier, direction } = flow.place;
      const link = numbers.get(carrier) ?? 0;
      play.trace.add(scheduler.now(), layer.spec.members[node], header, length);
      play.#packets[link]++;
      play.#bytes[link] += length;
      if (!options.onPacket) return;
      const { ends } = scenario.links[link];
      const [from, to] = direction === 0 ? ends : [ends[1], ends[0]];
      options.onPacket({ time: scheduler.now(), link, from, to, layer, flow, header, rest });
    };
    return play;
  }

  /** Returns virtual milliseconds since the start. */
  get now(): number {
    return this.scheduler.now();
  }

  /** Returns what plugins of third parties did wrong so far. */
  get faults(): readonly PluginFault[] {
    return this.registry.guard.faults();
  }

  /** Returns the events of the simulation. */
  get events(): number {
    return this.scheduler.events;
  }

  /** Returns when all layers were up: the times of the scenario count from then. */
  get origin(): number {
    return this.#origin;
  }

  /** Returns what went over each link. */
  get links(): readonly LinkCount[] {
    return [...this.#packets].map((packets, link) => ({ packets, bytes: this.#bytes[link] }));
  }

  /** Plays it, step by step, to its end; says now and then where it is. */
  *steps(): Generator<Progress, void> {
    const { scenario, layers } = this;
    const heights = [...new Set(layers.map(({ height }) => height))].sort((a, b) => a - b);
    for (const height of heights) {
      const own = layers.filter((layer) => layer.height === height);
      yield* this.#bringUp(own);
      if (!own.every(({ up }) => up)) return this.#giveUp();
    }
    this.#openFlows();
    scenario.events.forEach(({ at, what }, index) => {
      this.repairs.push(undefined);
      this.#after(at, () => {
        const before = String(reachNow(this.layers, this.#links));
        this.#happen(what);
        this.#watched = index;
        if (String(reachNow(this.layers, this.#links)) !== before) this.#watchRoutes(index);
      });
    });
    for (const flow of this.#flows) flow.schedule();
    const end = this.#origin + scenario.duration;
    while (this.now < end) {
      this.scheduler.advance(Math.min(LOOK, end - this.now));
      yield this.#at(
        `playing, ${((this.now - this.#origin) / 1000).toFixed(1)} of ${scenario.duration / 1000} s`,
      );
    }
    if (this.#flows.length > 0) this.scheduler.advance(DRAIN);
  }

  #after(time: number, run: () => void): void {
    this.scheduler.after(this.#origin + time - this.now, run);
  }

  #at(step: string): Progress {
    return { step, now: this.now, events: this.events };
  }

  *#bringUp(layers: readonly PlayedLayer[]): Generator<Progress, void> {
    for (const layer of layers) layer.start();
    const end = this.now + LIMIT;
    while (!layers.every(({ up }) => up) && this.now < end) {
      this.scheduler.advance(LOOK);
      const [enrolled, all] = [
        ({ bringUp }: PlayedLayer) => bringUp.enrolled,
        ({ spec }: PlayedLayer) => spec.members.length,
      ]
        .map((count) => layers.reduce((sum, layer) => sum + count(layer), 0));
      const [{ spec: { name } }] = layers;
      const which = layers.length === 1 ? name : `${layers.length} layers`;
      yield this.#at(`${which}: ${enrolled} of ${all} enrolled`);
    }
  }

  /** A layer is not up: nothing is sent, and nothing happens. */
  #giveUp(): void {
    const { flows, events, duration } = this.scenario;
    const marks = events.map(({ at }) => at);
    for (const { count, start, stop } of flows) {
      const meters = Array.from({ length: count }, () => new FlowMeter(duration, marks, start, stop));
      this.groups.push({ meters, ends: [] });
    }
    this.repairs.push(...events.map(() => null));
  }

  /** Registers the names of the applications that accept, and makes those that send. */
  #openFlows(): void {
    const { scenario, scheduler } = this;
    const marks = scenario.events.map(({ at }) => at);
    let waiting = 0;
    const around: { -readonly [K in keyof Surroundings]: Surroundings[K] } = {
      scheduler,
      random: this.#random,
      origin: 0,
    };
    scenario.flows.forEach((spec, table) => {
      const { layer, spec: { members } } = this.layers[spec.layer];
      const ends: [number, number][] = [];
      const meters: FlowMeter[] = [];
      const served = new Set<number>();
      for (let index = 0; index < spec.count; index++) {
        const [from, to] = drawEnds(spec, index, members, this.#random);
        ends.push([from, to]);
        const start = spec.start + index * spec.every;
        const meter = new FlowMeter(scenario.duration, marks, start, spec.stop);
        meters.push(meter);
        const hash = layer.hash(`flow.${table}.${scenario.hosts[to]}`);
        const [client, server] = [members.indexOf(from), members.indexOf(to)];
        const flow = new PlayedFlow(() => layer.members[client], hash, spec, index, around, meter);
        if (start < spec.stop) this.#flows.push(flow);
        this.#onJoined(spec.layer, client, () => flow.revive());
        this.#onJoined(spec.layer, server, () => flow.renew());
        if (served.has(to)) continue;
        served.add(to);
        waiting++;
        const register = (done: () => void) =>
          serve(() => layer.members[server], hash, spec.kind, around, meters, done);
        register(() => waiting--);
        this.#onJoined(spec.layer, server, () => register(() => {}));
      }
      this.groups.push({ meters, ends });
    });
    if (waiting > 0) this.scheduler.runUntil(this.now + LIMIT, () => waiting === 0);
    if (scenario.flows.length > 0) this.scheduler.advance(SETTLE);
    this.#origin = around.origin = this.now;
  }

  /** Calls back when a member has joined again. */
  #onJoined(layer: number, member: number, run: () => void): void {
    const calls = this.#joinedCalls[layer];
    const own = calls.get(member);
    if (own) own.push(run);
    else calls.set(member, [run]);
  }

  #happen(what: Happening): void {
    switch (what.kind) {
      case "down":
        for (const link of what.links) {
          if (what.silent) this.#links[link].cut(false);
          else this.#links[link].suspend();
        }
        break;
      case "up":
        for (const link of what.links) this.#links[link].heal();
        break;
      case "kill":
        for (const { bringUp, spec } of [...this.layers].reverse()) {
          const member = spec.members.indexOf(what.host);
          if (member >= 0) bringUp.kill(member);
        }
        break;
      case "start":
        this.#start(what.host);
    }
  }

  /** Looks now and then whether routes are right again. */
  #watchRoutes(event: number): void {
    const from = this.now;
    this.repairs[event] = null;
    const look = () => {
      if (this.#watched !== event) return;
      // Hosts that start become reachable later.
      if (reachIs(this.layers, reachNow(this.layers, this.#links))) this.repairs[event] = this.now - from;
      else this.scheduler.after(LOOK, look);
    };
    this.scheduler.after(1, look);
  }

  /** Starts the IPCPs of a host, each when those that it stands on are in their layers. */
  #start(host: number): void {
    const waiting = new Set(this.layers.filter(({ spec }) => spec.members.includes(host)));
    const stands = ({ spec }: PlayedLayer) =>
      new Set(spec.carriers.flatMap((carrier) => "layer" in carrier ? [this.layers[carrier.layer]] : []));
    const look = () => {
      for (const layer of waiting) {
        const ready = [...stands(layer)].every(({ spec, bringUp }) => {
          const foot = spec.members.indexOf(host);
          return foot < 0 || bringUp.joined(foot);
        });
        if (!ready) continue;
        waiting.delete(layer);
        layer.bringUp.restart(layer.spec.members.indexOf(host));
      }
      if (waiting.size > 0) this.scheduler.after(LOOK, look);
    };
    look();
  }
}
