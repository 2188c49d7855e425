/**
 * What becomes of packets when links of a unicast layer go, one after the other: between all members, all the time.
 *
 * @module
 */
import assert from "node:assert/strict";
import { distances, random, type Topology } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { Member } from "../../plugins/unicast/member.ts";
import { builtinRegistry } from "./layers.ts";

const NODES = 10;
const DEGREE = 2.8;
/** A component of data transfer that nobody else has, and the QoS cube of its packets. */
const PROBES_EID = 9;
const CUBE = 0;
/** Milliseconds that everything is watched for after a link has gone, and from when on it is watched less often. */
const WATCHED = 1000;
const CALM = 80;
const CALM_STEP = 50;
/** Longest that anything may take. */
const LIMIT = 60_000;

/** What was sent after a link had gone. */
export interface Losses {
  /** Links that went. */
  links: number;
  /** Where an end of the link has a loop-free alternate for each way over it that a packet may have had. */
  readonly covered: { sent: number; lost: number };
  /** Where there is none, but another way. */
  readonly others: { sent: number; lost: number };
  /** The last packet that was lost was sent so many milliseconds after the link had gone. */
  last: number;
}

interface Probe {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  came: boolean;
}

/** Packets between all pairs of members. */
class Probes {
  readonly sent: Probe[] = [];
  readonly #members: readonly Member[];

  constructor(private readonly trial: Trial) {
    this.#members = trial.layer.members.map(({ layer }) => {
      assert(layer instanceof Member);
      layer.dataTransfer.component(PROBES_EID, "probes", (payload) => {
        this.sent[new DataView(payload.buffer, payload.byteOffset).getUint32(0)].came = true;
      });
      return layer;
    });
  }

  /** Sends one packet between each two. */
  send(): void {
    const payload = new Uint8Array(4);
    this.#members.forEach(({ dataTransfer }, from) => {
      this.#members.forEach(({ address }, to) => {
        if (from === to) return;
        new DataView(payload.buffer).setUint32(0, this.sent.length);
        this.sent.push({ from, to, at: this.trial.now, came: false });
        dataTransfer.send(address, 0, PROBES_EID, CUBE, payload);
      });
    });
  }
}

/**
 * Takes each link of a random graph away for a while, so that both of its ends see it, and counts what is lost from then on.
 *
 * @param delay of a link, in milliseconds
 */
export async function loseLinks(routing: string, delay: number, seeds: readonly number[]): Promise<Losses> {
  const losses: Losses = { links: 0, covered: { sent: 0, lost: 0 }, others: { sent: 0, lost: 0 }, last: 0 };
  for (const seed of seeds) {
    const topology = random(NODES, DEGREE, seed);
    const trial = await Trial.make({
      topology,
      link: { delay },
      registry: builtinRegistry(),
      seed,
      options: { routing },
    });
    trial.bringUp.start();
    settle(trial);
    const probes = new Probes(trial);
    for (const edge of topology.edges) {
      const link = trial.network.linkOf(...edge);
      const from = probes.sent.length;
      const start = trial.now;
      link?.suspend();
      for (let past = 0; past < WATCHED;) {
        const step = past < CALM ? 1 : CALM_STEP;
        probes.send();
        trial.rest(step);
        past += step;
      }
      trial.rest(500);
      count(losses, topology, edge, probes.sent.slice(from), start);
      link?.heal();
      settle(trial);
      losses.links++;
    }
  }
  return losses;
}

function settle(trial: Trial): void {
  assert(trial.until(LIMIT, () => trial.bringUp.complete).reached, "not all members have connected");
  assert(trial.untilEach(LIMIT, (index) => trial.reachesAll(index)).reached, "the layer is not whole");
  trial.rest(5000);
}

function count(
  losses: Losses,
  topology: Topology,
  edge: readonly [number, number],
  probes: readonly Probe[],
  start: number,
): void {
  const hops = Array.from({ length: topology.nodes }, (_, node) => distances(topology, node));
  const left = withoutEdge(topology, edge);
  const [a, b] = edge;
  for (const { from, to, at, came } of probes) {
    // Where shortest ways enter the link.
    const ends = ([[a, b], [b, a]] as const)
      .filter(([near, far]) => hops[from][near] + 1 + hops[far][to] === hops[from][to]);
    const covered = ends.every(([near, far]) => hasAlternate(hops, near, far, to));
    if (!covered && !left(from, to)) continue;
    const counts = covered ? losses.covered : losses.others;
    counts.sent++;
    if (came) continue;
    counts.lost++;
    losses.last = Math.max(losses.last, at - start);
  }
}

/** Is there a neighbour N of S, other than the one beyond the link, with d(N, D) < d(N, S) + d(S, D)? (RFC 5286, inequality 1) */
function hasAlternate(hops: readonly (readonly number[])[], s: number, far: number, d: number): boolean {
  return hops.some((from, n) => n !== far && hops[s][n] === 1 && from[d] < from[s] + hops[s][d]);
}

/** Returns whether there is a way between two nodes when an edge is gone. */
function withoutEdge(
  { nodes, edges }: Topology,
  [a, b]: readonly [number, number],
): (from: number, to: number) => boolean {
  const part = Array.from({ length: nodes }, (_, node) => node);
  for (const [one, other] of edges) {
    if (one === a && other === b) continue;
    const [kept, gone] = [part[one], part[other]];
    part.forEach((of, node) => of === gone && (part[node] = kept));
  }
  return (from, to) => part[from] === part[to];
}
