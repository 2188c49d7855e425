/**
 * What was seen while a scenario was played, as plain data.
 *
 * @module
 */
import type { TrafficCount, TrafficKind } from "../experiment/traffic.ts";
import type { PluginFault } from "../../registry/guard/plugin_guard.ts";
import type { FlowKind, ScenarioFlow } from "../scenario/scenario.ts";
import { BINS, type FlowMeter } from "./flow_meter.ts";
import type { Play, PlayedGroup } from "./play.ts";
import type { PlayedLayer } from "./played_layer.ts";

/** A layer. Times are milliseconds from its start; null: it did not come so far. */
export interface LayerFindings {
  readonly name: string;
  readonly type: string;
  readonly members: number;
  readonly adjacencies: number;
  readonly enrolled: number | null;
  readonly connected: number | null;
  readonly converged: number | null;
  /** What was tried again while it came up, and later. */
  readonly retries: number;
  /** What was sent until it had converged, and from then on. */
  readonly start: Readonly<Record<TrafficKind, TrafficCount>>;
  readonly later: Readonly<Record<TrafficKind, TrafficCount>>;
}

/** Flows of one table of the scenario. Times are milliseconds, goodput is bits a second. */
export interface FlowFindings {
  readonly name: string;
  readonly layer: string;
  readonly kind: FlowKind;
  readonly qos: string;
  readonly flows: number;
  /** How many of them came up; how often one was lost. */
  readonly up: number;
  readonly interrupted: number;
  readonly sent: number;
  readonly lost: number;
  readonly goodput: { readonly sum: number; readonly least: number; readonly most: number };
  /** Of a ping there and back, else one way. */
  readonly delay: Readonly<Record<"least" | "mean" | "p50" | "p99" | "most", number>>;
  /** Jain's index of what the flows got in the second half of the time in which all of them sent; 1 for one flow. */
  readonly jain: number;
  /** In each hundredth of the time: goodput of each flow (of the first 64), delay of all. */
  readonly series: {
    readonly goodput: readonly (readonly number[])[];
    readonly delay: readonly (number | null)[];
    readonly lost: readonly number[];
  };
}

/** Something that happened. */
export interface EventFindings {
  readonly at: number;
  readonly text: string;
  /** Of all flows, from the event until the next one, and how many of these never arrived. */
  readonly sent: number;
  readonly lost: number;
  /** Longest time in which nothing arrived on a flow that sends all the time, in milliseconds. */
  readonly silence: number;
  /**
   * Milliseconds until all members knew ways to just those whom they could reach; null: not before the next event. Left out: who can reach
   * whom has not changed.
   */
  readonly repaired?: number | null;
}

/** What was seen. */
export interface PlayFindings {
  readonly title: string;
  readonly seed: number;
  readonly hosts: number;
  readonly links: number;
  /** Milliseconds of virtual time. */
  readonly duration: number;
  readonly time: number;
  readonly layers: readonly LayerFindings[];
  readonly flows: readonly FlowFindings[];
  readonly events: readonly EventFindings[];
  /** What went over each link. */
  readonly traffic: readonly {
    readonly ends: readonly [string, string];
    readonly packets: number;
    readonly bytes: number;
  }[];
  /** Digest of all packets on links, and how many they were. */
  readonly trace: string;
  readonly packets: number;
  /** What third parties' plugins did wrong: what was seen is not what they do. */
  readonly faults: readonly PluginFault[];
}

/** Flows of which there are lines in plots. */
const LINES = 64;

/** Returns Jain's index: 1 when all have the same, 1 / n when one has all. */
export function jain(values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  const squares = values.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : sum * sum / (values.length * squares);
}

/** Returns what was seen. */
export function findingsOf(play: Play): PlayFindings {
  const { scenario, trace } = play;
  return {
    title: scenario.title,
    seed: scenario.seed,
    hosts: scenario.hosts.length,
    links: scenario.links.length,
    duration: scenario.duration,
    time: play.now,
    layers: play.layers.map(ofLayer),
    flows: scenario.flows.map((spec, index) =>
      ofFlows(spec, scenario.layers[spec.layer].name, play.groups[index], scenario.duration)
    ),
    events: eventsOf(play),
    traffic: play.links.map((count, index) => {
      const [a, b] = scenario.links[index].ends;
      return { ends: [scenario.hosts[a], scenario.hosts[b]], ...count };
    }),
    trace: trace.digest,
    packets: trace.packets,
    faults: play.faults,
  };
}

function ofLayer({ spec, bringUp, times, startTraffic, laterTraffic }: PlayedLayer): LayerFindings {
  const { enrolled = null, connected = null, converged = null } = times;
  return {
    name: spec.name,
    type: spec.type,
    members: spec.members.length,
    adjacencies: spec.topology.edges.length,
    ...{ enrolled, connected, converged },
    retries: bringUp.failures.length,
    start: startTraffic,
    later: laterTraffic,
  };
}

function ofFlows(
  { name, kind, qos, count, start, every, stop }: ScenarioFlow,
  layer: string,
  { meters }: PlayedGroup,
  duration: number,
): FlowFindings {
  const rates = meters.map(({ bytes, upAt }) =>
    upAt === undefined || upAt >= stop ? 0 : 8000 * bytes / (stop - upAt)
  );
  const all = start + (count - 1) * every;
  const bin = duration / BINS;
  const from = Math.ceil((all + stop) / 2 / bin);
  const to = Math.floor(stop / bin);
  const shares = meters.map((meter) =>
    to - from < 2 ? meter.bytes : meter.bytesAt.subarray(from, to).reduce((a, b) => a + b, 0)
  );
  const total = (of: (meter: FlowMeter) => number) => meters.reduce((sum, meter) => sum + of(meter), 0);
  const received = total((meter) => meter.received);
  const { p50, p99 } = percentiles(meters);
  const most = Math.max(...meters.map(({ longest }) => longest));
  return {
    ...{ name, layer, kind, qos },
    flows: meters.length,
    up: meters.filter(({ upAt }) => upAt !== undefined).length,
    interrupted: total(({ lost }) => lost),
    sent: total(({ sent }) => sent),
    lost: total(({ sent, received }) => Math.max(0, sent - received)),
    goodput: {
      sum: rates.reduce((a, b) => a + b, 0),
      least: Math.min(...rates),
      most: Math.max(...rates),
    },
    delay: {
      least: received === 0 ? 0 : Math.min(...meters.map(({ least }) => least)),
      mean: received === 0 ? 0 : total(({ mean, received }) => mean * received) / received,
      // Percentiles are the upper ends of steps.
      p50: Math.min(p50, most),
      p99: Math.min(p99, most),
      most,
    },
    jain: jain(shares),
    series: {
      goodput: meters.slice(0, LINES).map(({ bytesAt }) => [...bytesAt].map((bytes) => 8000 * bytes / bin)),
      delay: Array.from({ length: BINS }, (_, index) => {
        const count = total(({ receivedAt }) => receivedAt[index]);
        return count === 0 ? null : total(({ delayAt }) => delayAt[index]) / count;
      }),
      lost: Array.from({ length: BINS }, (_, index) => total(({ lostAt }) => lostAt[index])),
    },
  };
}

/** Returns percentiles of the delays of all packets. */
function percentiles(meters: readonly FlowMeter[]): { p50: number; p99: number } {
  const steps = meters.flatMap(({ delays }) => delays.steps()).sort((a, b) => a.below - b.below);
  const all = steps.reduce((sum, { count }) => sum + count, 0);
  const at = (part: number) => {
    let left = part * all;
    return steps.find(({ count }) => (left -= count) <= 1e-9 * all)?.below ?? 0;
  };
  return { p50: at(0.5), p99: at(0.99) };
}

function eventsOf({ scenario, groups, repairs }: Play): EventFindings[] {
  const steady = groups.filter((_, index) => scenario.flows[index].kind !== "greedy");
  const meters = groups.flatMap((group) => group.meters);
  return scenario.events.map(({ at, text }, index) => {
    const epochs = meters.map((meter) => meter.epochs[index + 1]);
    const gaps = steady.flatMap((group) => group.meters.map((meter) => meter.epochs[index + 1].gap));
    const [sent, received] = (["sent", "received"] as const).map((what) =>
      epochs.reduce((sum, epoch) => sum + epoch[what], 0)
    );
    return {
      at,
      text,
      sent,
      lost: Math.max(0, sent - received),
      silence: Math.max(0, ...gaps),
      repaired: repairs[index],
    };
  });
}
