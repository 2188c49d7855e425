/**
 * Who can reach whom while links are down and hosts are gone: what members of a layer know once their routes are right again.
 *
 * @module
 */
import type { SimulatedLink } from "../network/link.ts";
import type { PlayedLayer } from "./played_layer.ts";

/** Sets of members that can reach each other. */
class Sets {
  readonly #parents: number[];

  constructor(size: number) {
    this.#parents = Array.from({ length: size }, (_, index) => index);
  }

  /** Returns the member that stands for the set of this one. */
  find(member: number): number {
    while (this.#parents[member] !== member) {
      member = this.#parents[member] = this.#parents[this.#parents[member]];
    }
    return member;
  }

  join(a: number, b: number): void {
    this.#parents[this.find(a)] = this.find(b);
  }
}

/**
 * Returns, for each layer, to how many others each member has a way now; −1 for one that is gone.
 *
 * @param layers each only stands on those before it
 */
export function reachNow(layers: readonly PlayedLayer[], links: readonly SimulatedLink[]): number[][] {
  const all: Sets[] = [];
  return layers.map(({ layer, spec }) => {
    const sets = new Sets(spec.members.length);
    const alive = layer.members.map((member) => member.alive);
    all.push(sets);
    spec.topology.edges.forEach(([a, b], edge) => {
      const carrier = spec.carriers[edge];
      const carries = "link" in carrier
        ? links[carrier.link].up
        : joined(layers, all, carrier.layer, [a, b].map((end) => spec.members[end]));
      if (alive[a] && alive[b] && carries) sets.join(a, b);
    });
    const sizes = new Map<number, number>();
    alive.forEach((_, member) => sizes.set(sets.find(member), (sizes.get(sets.find(member)) ?? 0) + 1));
    return alive.map((is, member) => is ? (sizes.get(sets.find(member)) ?? 1) - 1 : -1);
  });
}

function joined(
  layers: readonly PlayedLayer[],
  all: readonly Sets[],
  layer: number,
  hosts: readonly number[],
): boolean {
  const [a, b] = hosts.map((host) => all[layer].find(layers[layer].spec.members.indexOf(host)));
  return a === b;
}

/** Returns whether members know ways to as many others as `wanted` says; a type that does not tell is believed. */
export const reachIs = (layers: readonly PlayedLayer[], wanted: readonly (readonly number[])[]): boolean =>
  layers.every(({ layer, spec }, index) =>
    !spec.routes || layer.members.every((member, number) => {
      const expected = wanted[index][number];
      if (expected < 0) return true;
      return member.layer ? (member.layer.reach ?? expected) === expected : false;
    })
  );
