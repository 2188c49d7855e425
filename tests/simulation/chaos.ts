/**
 * The chaos story in the simulator: twenty members with flows between them; links fail in every way, members die and come back, with
 * their address or another one, clocks are set, packets get lost, all at random from a seed. When a round is over, everything must be
 * whole again in {@link HEAL} milliseconds of virtual time without a command, and nothing stale may be left.
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
import { random } from "../../core/sim/experiment/topology.ts";
import { Trial } from "../../core/sim/experiment/trial.ts";
import { Client, FlowEnd, KINDS, runClients } from "./chaos_flows.ts";
import { builtinRegistry, converged } from "./layers.ts";

/** Milliseconds in which everything heals. */
export const HEAL = 10_000;
const MEMBERS = 20;
const DEGREE = 4;
/** Clients of each kind. */
const CLIENTS = 6;
/** Milliseconds that bringing the layer up may take. */
const START = 100_000;
/** Milliseconds after which the IRMd tries again what it is asked for. */
const RETRY = 1000;
/** Milliseconds that a clock is set by at most. */
const SHIFT = 30_000;

/** What a member was told to connect, which its IRMd tells it again when it is started anew. */
interface Wanted {
  readonly component: string;
  readonly destination: string;
}

/** What statistics of a member say, as far as it matters here. */
interface Seen {
  readonly forwarding: readonly { readonly destination: number }[];
  readonly directory: {
    readonly contacts: readonly { readonly address: string }[];
    readonly database: readonly { readonly foreign: readonly { readonly value: string }[] }[];
  };
  readonly connections: {
    readonly list: readonly {
      readonly component: string;
      readonly peer?: number;
      readonly destination?: string;
    }[];
  };
}

/** The words of `irm ipcp connect` for components. */
const WORDS: Readonly<Record<string, string>> = { Management: "mgmt", "Data Transfer": "dt" };

/** An address as the directory shows it. */
const shown = (address: number): string =>
  [0, 8, 16, 24].map((shift) => ((address >>> shift) & 0xff).toString(16).padStart(2, "0")).join(".");

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
  /** The member that was not well when it was looked at. */
  #suspect = 0;

  private constructor(readonly seed: number, readonly trial: Trial) {
    this.#random = new SeededRandom(seed);
  }

  /** Brings the layer up, with servers on all members, and clients. */
  static async start(seed: number): Promise<Chaos> {
    const trial = await Trial.make({
      topology: random(MEMBERS, DEGREE, seed),
      registry: builtinRegistry(),
      seed,
      link: { absence: true },
      epoch: Date.UTC(2026, 0, 1),
    });
    trial.bringUp.start();
    assert(trial.until(START, () => trial.bringUp.complete).reached, "the layer does not come up");
    const { members } = trial.layer;
    assert(trial.untilEach(START, (index) => converged(members[index].layer?.stats?.(), trial)).reached);
    const chaos = new Chaos(seed, trial);
    for (const member of members) chaos.#wanted.push(wantedOf(member));
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
    let wrong: string | undefined = "";
    while (wrong !== undefined && this.trial.now < healed + HEAL) {
      this.trial.rest(100);
      wrong = this.#wrong(healed);
    }
    if (wrong !== undefined) assert.fail(`seed ${this.seed}: ${wrong}\n${this.#story.join("\n")}`);
  }

  /** Lets something bad happen, for a while. */
  #harm(): void {
    const { network } = this.trial;
    const link = network.links[this.#random.below(network.links.length)];
    const name = `link ${network.topology.edges[network.links.indexOf(link)].join("–")}`;
    const node = this.#random.below(MEMBERS);
    const until = 500 + this.#random.below(this.#random.below(4) === 0 ? 60_000 : 5000);
    switch (this.#random.below(8)) {
      case 0:
        return this.#spoil(link, until, `${name} is cut, flows go down`, () => link.cut(true));
      case 1:
        return this.#spoil(link, until, `${name} is cut without a word`, () => link.cut(false));
      case 2:
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
    const keeps = address !== undefined && this.#random.below(2) === 0;
    this.#tell(
      `node ${node} dies ${notice ? "and is noticed" : "without a word"}, for ${time} ms` +
        (keeps ? ", and keeps its address" : ""),
    );
    this.#down.add(node);
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

  /** What is not as it should be; undefined when all is well. */
  #wrong(since: number): string | undefined {
    const { layer: { members } } = this.trial;
    const addresses: number[] = [];
    for (const { name, layer } of members) {
      if (layer?.address === undefined) return `${name} is in no layer`;
      addresses.push(layer.address);
    }
    const live = new Set<number>(addresses);
    if (live.size !== addresses.length) return "two members have one address";
    // Statistics are dear: a member that was not well is looked at first, as it is not well yet most of the times.
    for (let count = 0; count < MEMBERS; count++) {
      const fault = this.#wrongWith(this.#suspect, addresses, live) ?? this.#wrongBelow(this.#suspect);
      if (fault !== undefined) return `node ${this.#suspect}: ${fault}`;
      this.#suspect = (this.#suspect + 1) % MEMBERS;
    }
    return this.#wrongFlows(since);
  }

  #wrongWith(node: number, addresses: readonly number[], live: ReadonlySet<number>): string | undefined {
    const { forwarding, directory, connections } = seenOf(this.trial.layer.members[node]);
    const others = new Set(live);
    others.delete(addresses[node]);
    const ways = new Set(forwarding.map(({ destination }) => destination));
    for (const other of others) if (!ways.has(other)) return `no way to ${other}`;
    for (const way of ways) if (!others.has(way)) return `a way to ${way}, which is dead`;
    const named = new Set([...others].map(shown));
    for (const { address } of directory.contacts) {
      if (!named.has(address)) return `the dead contact ${address}`;
    }
    for (const { foreign } of directory.database) {
      for (const { value } of foreign) if (!named.has(value)) return `the name of the dead ${value}`;
    }
    for (const { component, peer } of connections.list) {
      if (peer !== undefined && !others.has(peer)) return `${component} is connected to the dead ${peer}`;
    }
    for (const edge of this.trial.network.topology.edges) {
      if (!edge.includes(node)) continue;
      const neighbour = edge[0] === node ? edge[1] : edge[0];
      for (const component of Object.keys(WORDS)) {
        const connected = connections.list.some((one) =>
          one.component === component && one.peer === addresses[neighbour]
        );
        if (!connected) return `${component} is not connected to ${neighbour}`;
      }
    }
    return undefined;
  }

  #wrongBelow(node: number): string | undefined {
    for (const flow of this.trial.network.nodes[node].flows) {
      if (flow.peer?.over ?? true) return "a flow without another end";
    }
    return undefined;
  }

  #wrongFlows(since: number): string | undefined {
    for (const { kind, from, to, heardAt, wrong } of this.#clients) {
      const which = `the ${kind} flow from ${from} to ${to}`;
      if (wrong !== undefined) return `${which}: ${wrong}`;
      if (heardAt < Math.max(since, this.trial.now - 1000)) return `${which} does not work`;
    }
    return undefined;
  }
}

function seenOf({ layer }: Member): Seen {
  return JSON.parse(JSON.stringify(layer?.stats?.()));
}

function wantedOf(member: Member): Wanted[] {
  return seenOf(member).connections.list.flatMap(({ component, destination }) =>
    destination === undefined ? [] : [{ component: WORDS[component], destination }]
  );
}
