/**
 * The chaos story in the simulator: twenty members with flows between them; links fail in every way, members die and come back, with
 * their address or another one, clocks are set, packets get lost, all at random from a seed. When a round is over, everything must be
 * whole again in {@link HEAL} milliseconds of virtual time without a command, and nothing stale may be left.
 *
 * In every fourth layer, a quarter of the members behave as the reference. They are at the ends of paths, as nobody else can go around
 * a member that does not hear of changes. The others must be whole as soon as without them, and {@link CALM} milliseconds later know
 * them as they are.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { FormerAddress } from "../../core/contract/ipcp.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type { Outcome } from "../../core/contract/outcome.ts";
import { QOS } from "../../core/contract/qos.ts";
import { impairment } from "../../core/kit/impairment.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import type { Member } from "../../core/sim/member.ts";
import type { SimulatedLink } from "../../core/sim/network/link.ts";
import { random, type Topology, topologyOf } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { Health, type Wanted, wantedOf, WORDS } from "./chaos_health.ts";
import { ReferenceLike } from "./reference_like.ts";
import { Client, FlowEnd, KINDS, runClients } from "./chaos_flows.ts";
import { builtinRegistry, converged } from "./layers.ts";

/** Milliseconds in which everything heals. */
export const HEAL = 10_000;
const MEMBERS = 20;
const DEGREE = 4;
/** Every so many layers have members that behave as the reference, and so many. */
const WITH_REFERENCES = 4;
const REFERENCES = 5;
/** Milliseconds after which a flow to a member of the reference that is gone ends, and after which all else of it is forgotten. */
const SILENCE = 120_000;
const CALM = 250_000;
/** Clients of each kind. */
const CLIENTS = 6;
/** Milliseconds that bringing the layer up may take. */
const START = 100_000;
/** Milliseconds after which the IRMd tries again what it is asked for. */
const RETRY = 1000;
/** Milliseconds that a clock is set by at most. */
const SHIFT = 30_000;

/** A layer that lives through chaos. */
export class Chaos {
  readonly #random: SeededRandom;
  readonly #wanted: Wanted[][] = [];
  readonly #clients: Client[] = [];
  /** Nodes whose IPCP is down. */
  readonly #down = new Set<number>();
  /** What the IRMds of those nodes that keep their address tell an IPCP that is started again. */
  readonly #former = new Map<number, FormerAddress>();
  /** What happened in this round, for whoever has to find out why it did not heal. */
  readonly #story: string[] = [];
  readonly #health: Health;

  private constructor(
    readonly seed: number,
    readonly trial: Trial,
    /** Nodes whose members behave as the reference. */
    private readonly references: ReadonlySet<number>,
  ) {
    this.#random = new SeededRandom(seed);
    this.#health = new Health(trial, this.#clients, references);
  }

  /** Brings the layer up, with servers on all members, and clients. */
  static async start(seed: number): Promise<Chaos> {
    const [topology, references] = layerOf(seed);
    const trial = await Trial.make({
      topology,
      registry: builtinRegistry(),
      seed,
      link: { absence: true },
      epoch: Date.UTC(2026, 0, 1),
    });
    const chaos = new Chaos(seed, trial, references);
    chaos.#disguise();
    trial.bringUp.start();
    assert(trial.until(START, () => trial.bringUp.complete).reached, "the layer does not come up");
    const { members } = trial.layer;
    assert(trial.untilEach(START, (index) => converged(members[index].layer?.stats?.(), trial)).reached);
    for (const member of members) chaos.#wanted.push(wantedOf(member));
    chaos.#connectReferences();
    for (let node = 0; node < MEMBERS; node++) chaos.#serve(node);
    trial.rest(3000);
    chaos.#startClients();
    trial.rest(3000);
    return chaos;
  }

  /** One round; afterwards all has healed. Throws an AssertionError that tells the story when it has not. */
  round(): void {
    this.#story.length = 0;
    const end = this.trial.now + 5000 + this.#random.below(40_000);
    while (this.trial.now < end) {
      this.#harm();
      this.trial.rest(this.#random.below(3000));
    }
    this.#repair();
    const healed = this.trial.now;
    this.#heals(healed, HEAL, true);
  }

  /** The end of the story: what takes long to notice is noticed, too. */
  end(): void {
    if (this.references.size === 0) return;
    const { now } = this.trial;
    this.trial.rest(CALM - HEAL);
    this.#heals(now, HEAL, false);
  }

  #heals(since: number, within: number, patient: boolean): void {
    const end = this.trial.now + within;
    let wrong: string | undefined = "";
    while (wrong !== undefined && this.trial.now < end) {
      this.trial.rest(100);
      wrong = this.#health.wrong(since, patient);
    }
    if (wrong !== undefined) assert.fail(`seed ${this.seed}: ${wrong}\n${this.#story.join("\n")}`);
  }

  /** Has the members at the ends of paths behave as the reference. */
  #disguise(): void {
    const { network, layer } = this.trial;
    for (const [index, [, node]] of network.topology.edges.entries()) {
      if (!this.references.has(node)) continue;
      const member = new ReferenceLike(() => layer.members[node].layer?.address);
      const link = network.links[index];
      link.quiet = SILENCE;
      link.translate = (packet, to, direction) =>
        direction === 0 ? member.hears(packet) : member.sends(packet, to);
    }
  }

  /** A member that is started connects to those that behave as the reference, and these to it: they are not told that it is back. */
  #connectReferences(): void {
    const { network: { topology }, layer: { members } } = this.trial;
    for (const [one, other] of topology.edges) {
      if (!this.references.has(other)) continue;
      for (const [from, to] of [[one, other], [other, one]]) {
        const destination = members[to].name;
        for (const component of Object.values(WORDS)) {
          const wanted = this.#wanted[from];
          const known = wanted.some((two) => two.component === component && two.destination === destination);
          if (!known) wanted.push({ component, destination });
        }
      }
    }
  }

  /** Lets something bad happen, for a while. */
  #harm(): void {
    const { network } = this.trial;
    const link = network.links[this.#random.below(network.links.length)];
    const name = `link ${network.topology.edges[network.links.indexOf(link)].join("–")}`;
    const node = this.#random.below(MEMBERS);
    const silently = link.quiet !== undefined;
    const until = 500 + this.#random.below(this.#random.below(4) === 0 ? 60_000 : 5000);
    switch (this.#random.below(8)) {
      case 0:
        if (silently) return;
        return this.#spoil(link, until, `${name} is cut, flows go down`, () => link.cut(true));
      case 1:
        return this.#spoil(link, until, `${name} is cut without a word`, () => link.cut(false));
      case 2:
        if (silently) return;
        return this.#spoil(link, until, `${name} is suspended`, () => link.suspend());
      case 3:
      case 4: {
        const loss = 0.05 + this.#random.below(30) / 100;
        return this.#spoil(link, until, `${name} loses ${loss}`, () => {
          link.impairment = impairment({ loss, reorder: 0.1, duplicate: 0.02 }, this.#random);
        });
      }
      case 5:
        return this.#setClock(node);
      default:
        return this.#kill(node, until);
    }
  }

  #tell(what: string): void {
    this.#story.push(`${(this.trial.now / 1000).toFixed(3)} s: ${what}`);
  }

  #later(after: number, run: () => void): void {
    this.trial.network.scheduler.after(after, run);
  }

  #spoil(link: SimulatedLink, time: number, what: string, spoil: () => void): void {
    this.#tell(`${what}, for ${time} ms`);
    spoil();
    this.#later(time, () => this.#mend(link));
  }

  #mend(link: SimulatedLink): void {
    link.impairment = undefined;
    if (!link.up) link.heal();
  }

  #setClock(node: number): void {
    const shift = this.#random.below(2 * SHIFT) - SHIFT;
    this.#tell(`the clock of node ${node} is set by ${shift} ms`);
    this.trial.network.nodes[node].clockShift = shift;
  }

  #kill(node: number, time: number): void {
    // Somebody must be there whom others can enroll with.
    if (this.#down.has(node) || this.#down.size > MEMBERS / 4) return;
    const notice = this.#random.below(2) === 0;
    const { layer } = this.trial;
    const { address } = layer.members[node].layer ?? {};
    const keeps = address !== undefined && !this.references.has(node) && this.#random.below(2) === 0;
    this.#tell(
      `node ${node} dies ${notice ? "and is noticed" : "without a word"}, for ${time} ms` +
        (keeps ? ", and keeps its address" : ""),
    );
    this.#down.add(node);
    this.#health.ends(node);
    if (keeps) this.#former.set(node, { layer: layer.config.layer, address });
    else this.#former.delete(node);
    layer.members[node].kill(notice);
    this.#later(time, () => this.#startAgain(node));
  }

  #repair(): void {
    for (const link of this.trial.network.links) this.#mend(link);
    for (const node of [...this.#down]) this.#startAgain(node);
    this.#tell("everything is repaired");
  }

  /** What the IRMd of a host does for an IPCP that has died: it gives it again what was asked for. */
  #startAgain(node: number): void {
    if (!this.#down.delete(node)) return;
    this.#tell(`node ${node} is started`);
    this.#enroll(node, this.trial.layer.restart(node));
  }

  #enroll(node: number, member: Member): void {
    const { layer, network } = this.trial;
    const others = layer.members.filter((other) =>
      other.layer !== undefined && other.alive && other !== member
    );
    const near = others.filter((other) => network.linkOf(node, other.node.index)?.up);
    const again = () => this.#later(RETRY, () => this.#enroll(node, member));
    if (!member.alive) return;
    if (near.length === 0) return again();
    member.ipcp.enroll?.(near[this.#random.below(near.length)].name, (outcome) => {
      if (!member.alive) return;
      if (!outcome.ok) return again();
      member.layer = outcome.value;
      network.nodes[node].names.add(member.name).add(layer.config.layer);
      for (const wanted of this.#wanted[node]) this.#connect(member, wanted);
      this.#serve(node);
    }, this.#former.get(node));
  }

  #connect(member: Member, wanted: Wanted): void {
    member.layer?.connect?.(wanted.destination, wanted.component, QOS.raw, ({ ok }: Outcome<void>) => {
      if (!ok) this.#later(RETRY, () => member.alive && this.#connect(member, wanted));
    });
  }

  #hash(node: number): NameHash {
    return this.trial.layer.hash(`server.${node}`);
  }

  /** A server that echoes, on a member that has just joined. */
  #serve(node: number): void {
    const { network: { scheduler }, layer } = this.trial;
    const { applications } = layer.members[node];
    applications.serve(this.#hash(node), (flow) => {
      new FlowEnd(flow, scheduler, node, (packet, end) => end.write(packet.slice()));
    }, () => {});
  }

  #startClients(): void {
    const { network: { scheduler }, layer } = this.trial;
    for (const kind of KINDS) {
      for (let count = 0; count < CLIENTS; count++) {
        const from = this.#random.below(MEMBERS);
        const to = (from + 1 + this.#random.below(MEMBERS - 1)) % MEMBERS;
        const hash = (node: number) => this.#hash(node);
        this.#clients.push(new Client(kind, from, to, scheduler, () => layer.members, hash));
      }
    }
    runClients(this.#clients, scheduler);
  }
}

/** The graph of a layer, and those of its nodes whose members behave as the reference. */
function layerOf(seed: number): [topology: Topology, references: ReadonlySet<number>] {
  if (seed % WITH_REFERENCES !== 0) return [random(MEMBERS, DEGREE, seed), new Set()];
  const inner = MEMBERS - REFERENCES;
  const draw = new SeededRandom(seed);
  const references = Array.from({ length: REFERENCES }, (_, index) => inner + index);
  const ends = references.map((node) => [draw.below(inner), node] as const);
  return [topologyOf(MEMBERS, [...random(inner, DEGREE, seed).edges, ...ends]), new Set(references)];
}
