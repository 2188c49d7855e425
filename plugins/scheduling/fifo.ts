/**
 * First come, first served.
 *
 * @module
 */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";
import type { Scheduling, SchedulingQueue } from "../../core/contract/policies/small_policies.ts";
import { Line } from "../../core/kit/queues/line.ts";

class FifoQueue<T> implements SchedulingQueue<T> {
  readonly #line = new Line<T>();

  get length(): number {
    return this.#line.length;
  }

  add(item: T): void {
    this.#line.add(item, 0);
  }

  next(): T | undefined {
    return this.#line.next();
  }
}

const scheduling: Scheduling = { queue: <T>() => new FifoQueue<T>() };

/** Keeps the order. */
export const fifo: Plugin<"scheduling"> = {
  kind: "scheduling",
  name: "fifo",
  apiVersion: PLUGIN_API_VERSION,
  description: "first come, first served, whatever the QoS cube",
  options: [],
  position: 10,
  rank: 10,
  create: () => scheduling,
};
