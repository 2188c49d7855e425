/**
 * What has to be so when chaos is over: what statistics of members, their flows below and the clients on top must show.
 *
 * @module
 */
import { addressText } from "../../core/contract/ids.ts";
import type { Member } from "../../core/sim/member.ts";
import type { Trial } from "../../core/sim/experiment/trial.ts";
import type { Client } from "./chaos_flows.ts";

/** What a member was told to connect, which its IRMd tells it again when it is started anew. */
export interface Wanted {
  readonly component: string;
  readonly destination: string;
}

/** What statistics of a member say, as far as it matters here. */
interface Seen {
  readonly forwarding: readonly { readonly destination: string }[];
  readonly directory: {
    readonly contacts: readonly { readonly address: string }[];
    readonly database: readonly { readonly foreign: readonly { readonly value: string }[] }[];
  };
  readonly connections: {
    readonly list: readonly {
      readonly component: string;
      readonly peer?: string;
      readonly destination?: string;
    }[];
  };
}

/** The words of `irm ipcp connect` for components. */
export const WORDS: Readonly<Record<string, string>> = { Management: "mgmt", "Data Transfer": "dt" };

/** Milliseconds in which a member that has gone without a word is noticed. */
const TOGETHER = 10_000;

function seenOf({ layer }: Member): Seen {
  return JSON.parse(JSON.stringify(layer?.stats?.()));
}

/** What a member that is up was told to connect. */
export function wantedOf(member: Member): Wanted[] {
  return seenOf(member).connections.list.flatMap(({ component, destination }) =>
    destination === undefined ? [] : [{ component: WORDS[component], destination }]
  );
}

interface Death {
  readonly node: number;
  readonly address: number;
  readonly at: number;
}

/** Looks at a layer. */
export class Health {
  /** Members that have died. */
  readonly #dead: Death[] = [];
  /**
   * Addresses of members that have died and seem to live: those that behave as the reference, their neighbours, which those go on to
   * announce, and neighbours of these that have died at that time and could not withdraw their adjacency.
   */
  readonly #ghosts = new Set<number>();
  /** The member that was not well when it was looked at. */
  #suspect = 0;

  /** @param references nodes whose members behave as the reference: nothing is asked of these */
  constructor(
    private readonly trial: Trial,
    private readonly clients: readonly Client[],
    private readonly references: ReadonlySet<number>,
  ) {}

  /** Notes that a member is about to end. */
  ends(node: number): void {
    const { layer: { members }, network, now } = this.trial;
    const address = members[node].layer?.address;
    if (address === undefined) return;
    this.#dead.push({ node, address, at: now });
    const isGhost = (one: Death) =>
      this.references.has(one.node) || [...this.references].some((two) => network.linkOf(one.node, two)) ||
      this.#dead.some((two) =>
        this.#ghosts.has(two.address) && network.linkOf(one.node, two.node) &&
        Math.abs(one.at - two.at) < TOGETHER
      );
    for (let known = -1; known !== this.#ghosts.size;) {
      known = this.#ghosts.size;
      for (const one of this.#dead) if (isGhost(one)) this.#ghosts.add(one.address);
    }
  }

  /**
   * Returns what is not as it should be; undefined when all is well.
   *
   * @param since when all was repaired
   * @param patient members that behave as the reference, and what is known of them, are left out: nobody says when they have gone or come
   */
  wrong(since: number, patient: boolean): string | undefined {
    const addresses: number[] = [];
    for (const { name, layer } of this.trial.layer.members) {
      if (layer?.address === undefined) return `${name} is in no layer`;
      addresses.push(layer.address);
    }
    const live = new Set(addresses);
    if (live.size !== addresses.length) return "two members have one address";
    return this.#wrongFlows(since, patient) ?? this.#wrongMembers(addresses, patient);
  }

  /** Statistics are dear: a member that was not well is looked at first, as it is not well yet most of the times. */
  #wrongMembers(addresses: readonly number[], patient: boolean): string | undefined {
    const count = addresses.length;
    for (let left = count; left > 0; left--) {
      const node = this.#suspect;
      const fault = this.references.has(node)
        ? undefined
        : this.#wrongWith(node, addresses, patient) ?? this.#wrongBelow(node);
      if (fault !== undefined) return `node ${node}: ${fault}`;
      this.#suspect = (node + 1) % count;
    }
    return undefined;
  }

  #wrongWith(node: number, addresses: readonly number[], patient: boolean): string | undefined {
    const { forwarding, directory, connections } = seenOf(this.trial.layer.members[node]);
    const { references } = this;
    const ways = new Set(forwarding.map(({ destination }) => destination));
    const known = new Set(patient ? [...this.#ghosts].map(addressText) : []);
    for (const [other, address] of addresses.map(addressText).entries()) {
      if (other === node) continue;
      known.add(address);
      if (!ways.has(address) && !(patient && references.has(other))) return `no way to ${address}`;
    }
    for (const way of ways) if (!known.has(way)) return `a way to ${way}, which is dead`;
    for (const { address } of directory.contacts) {
      if (!known.has(address)) return `the dead contact ${address}`;
    }
    for (const { foreign } of directory.database) {
      for (const { value } of foreign) if (!known.has(value)) return `the name of the dead ${value}`;
    }
    for (const { component, peer } of connections.list) {
      if (peer !== undefined && !known.has(peer)) return `${component} is connected to the dead ${peer}`;
    }
    for (const edge of this.trial.network.topology.edges) {
      if (!edge.includes(node)) continue;
      const neighbour = edge[0] === node ? edge[1] : edge[0];
      if (patient && references.has(neighbour)) continue;
      for (const component of Object.keys(WORDS)) {
        const connected = connections.list.some((one) =>
          one.component === component && one.peer === addressText(addresses[neighbour])
        );
        if (!connected) return `${component} is not connected to ${neighbour}`;
      }
    }
    return undefined;
  }

  #wrongBelow(node: number): string | undefined {
    for (const { peer, place: { link } } of this.trial.network.nodes[node].flows) {
      if (link.quiet === undefined && (peer?.over ?? true)) return "a flow without another end";
    }
    return undefined;
  }

  #wrongFlows(since: number, patient: boolean): string | undefined {
    for (const { kind, from, to, heardAt, wrong } of this.clients) {
      if (patient && (this.references.has(from) || this.references.has(to))) continue;
      const which = `the ${kind} flow from ${from} to ${to}`;
      if (wrong !== undefined) return `${which}: ${wrong}`;
      if (heardAt < Math.max(since, this.trial.now - 1000)) return `${which} does not work`;
    }
    return undefined;
  }
}
