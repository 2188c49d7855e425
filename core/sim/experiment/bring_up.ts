/**
 * Brings a layer up as operators would: the first member is bootstrapped, each other enrolls with a neighbour as soon as that one
 * is in the layer, then management and data transfer are connected over every link.
 *
 * @module
 */
import type { Outcome } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { ExistsError } from "../../contract/errors.ts";
import type { Ground } from "../ground.ts";
import type { SimulatedLayer } from "../layer.ts";
import { neighbours } from "./topology.ts";

/** Milliseconds until what failed is tried again. */
const RETRY = 1000;

/** Brings a layer up, and members and links that have failed up again. */
export class BringUp {
  /** Members in the layer. */
  enrolled = 0;
  /** When the last one joined, in milliseconds. */
  enrolledAt = 0;
  /** When the last link got both connections, in milliseconds. */
  connectedAt = 0;
  /** Called when a member is in the layer, and connects. */
  onJoined: (node: number) => void = () => {};
  /** What failed and was tried again, in words. */
  readonly failures: string[] = [];
  readonly #neighbours: readonly (readonly number[])[];
  /** Links with both connections, by the numbers of their nodes. */
  readonly #links = new Set<number>();
  readonly #state: ("out" | "joining" | "in" | "dead")[];

  /** Prepares it; {@link start} starts. */
  constructor(private readonly layer: SimulatedLayer<Ground>) {
    this.#neighbours = neighbours(layer.network.topology);
    this.#state = layer.members.map(() => "out");
  }

  /** Returns how many links have both connections. */
  get connected(): number {
    return this.#links.size;
  }

  /** Returns whether every member is in the layer and every link connected. */
  get complete(): boolean {
    const { nodes, edges } = this.layer.network.topology;
    return this.enrolled === nodes && this.connected === edges.length;
  }

  /** Starts with the first node. What follows happens as time passes. */
  start(): void {
    this.#state[0] = "joining";
    const { members, config } = this.layer;
    members[0].ipcp.bootstrap(config, (outcome) => {
      if (outcome.ok) {
        members[0].layer = outcome.value;
        // The member accepts flows once this call is over.
        this.layer.network.scheduler.after(0, () => this.#joined(0));
      } else this.failures.push(`bootstrap: ${outcome.error.message}`);
    });
  }

  /** Returns whether a member is in the layer. */
  joined(node: number): boolean {
    return this.#state[node] === "in";
  }

  /** The IPCP of a node ends without a word, until {@link restart}. */
  kill(node: number): void {
    if (this.#state[node] === "in") this.enrolled--;
    for (const other of this.#neighbours[node]) this.#links.delete(this.#key(node, other));
    this.layer.members[node].kill();
    this.#state[node] = "dead";
  }

  /** The IPCP of a node ends, or has ended: a new one joins through a neighbour. */
  restart(node: number): void {
    this.kill(node);
    this.layer.restart(node);
    this.#state[node] = "out";
    const via = this.#neighbours[node].find((other) => this.#state[other] === "in");
    if (via !== undefined) this.#enroll(node, via);
  }

  #enroll(node: number, via: number): void {
    this.#state[node] = "joining";
    const { members, network } = this.layer;
    const member = members[node];
    const what = `${members[node].name} enrolls with ${members[via].name}`;
    if (!member.ipcp.enroll) return void this.failures.push(`${what}: the type cannot enroll`);
    member.ipcp.enroll(members[via].name, (outcome) => {
      if (this.#went(what, outcome)) {
        member.layer = outcome.value;
        return this.#joined(node);
      }
      network.scheduler.after(RETRY, () => {
        if (this.layer.members[node] === member) this.#enroll(node, this.#nextVia(node, via));
      });
    });
  }

  /** Returns the neighbour in the layer behind the one that did not help. */
  #nextVia(node: number, via: number): number {
    const all = this.#neighbours[node];
    const order = [...all.slice(all.indexOf(via) + 1), ...all];
    return order.find((other) => this.#state[other] === "in") ?? via;
  }

  #joined(node: number): void {
    const { members, network } = this.layer;
    const member = members[node];
    network.nodes[node].announce([member.name, this.layer.config.layer], () => {
      if (!member.alive) return;
      this.#state[node] = "in";
      this.enrolled++;
      this.enrolledAt = network.scheduler.now();
      for (const other of this.#neighbours[node]) {
        if (this.#state[other] === "in") this.#connect(node, other);
        else if (this.#state[other] === "out") this.#enroll(other, node);
      }
      this.onJoined(node);
    });
  }

  #connect(from: number, to: number, [component, ...rest] = this.layer.components): void {
    const { members, network } = this.layer;
    if (component === undefined) {
      this.#links.add(this.#key(from, to));
      this.connectedAt = network.scheduler.now();
      return;
    }
    const member = members[from];
    const what = `${member.name} connects ${component} to ${members[to].name}`;
    if (!member.layer?.connect) return void this.failures.push(`${what}: the type cannot connect`);
    member.layer.connect(members[to].name, component, QOS.raw, (outcome) => {
      // The other end may have connected meanwhile.
      const there = !outcome.ok && outcome.error instanceof ExistsError;
      if (there || this.#went(what, outcome)) return this.#connect(from, to, rest);
      network.scheduler.after(RETRY, () => {
        if (this.layer.members[from] === member) this.#connect(from, to, [component, ...rest]);
      });
    });
  }

  #key(a: number, b: number): number {
    return Math.min(a, b) * this.#neighbours.length + Math.max(a, b);
  }

  #went<T>(what: string, outcome: Outcome<T>): outcome is Extract<Outcome<T>, { ok: true }> {
    if (!outcome.ok) this.failures.push(`${what}: ${outcome.error.message}`);
    return outcome.ok;
  }
}
