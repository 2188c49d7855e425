/**
 * Balancing by weight: a process that waits with twice as many calls of accept gets twice as many flows.
 *
 * @module
 */
import type { Balancer, Plugin, Waiting } from "../../../contract/author_types.ts";

/** What is remembered of so many processes; then it begins anew, as pids of processes that have ended stay in it. */
const MAX_PROCESSES = 1000;

class Weighted implements Balancer {
  /** Flows that each process has got, by its pid. */
  readonly #given = new Map<number, number>();

  choose(waiting: readonly Waiting[]): number {
    if (this.#given.size > MAX_PROCESSES) this.#given.clear();
    const weights = new Map<number, number>();
    for (const { pid } of waiting) weights.set(pid, (weights.get(pid) ?? 0) + 1);
    let best = 0, least = Infinity;
    waiting.forEach(({ pid }, index) => {
      const load = ((this.#given.get(pid) ?? 0) + 1) / (weights.get(pid) ?? 1);
      if (load < least) [best, least] = [index, load];
    });
    const { pid } = waiting[best];
    this.#given.set(pid, (this.#given.get(pid) ?? 0) + 1);
    return best;
  }
}

const plugin: Plugin<"balancing"> = {
  kind: "balancing",
  name: "weighted",
  apiVersion: 1,
  version: "1.0.0",
  description: "flows by the number of calls of accept that a process waits with",
  options: [],
  create: () => new Weighted(),
};

export default plugin;
