/**
 * Strict priority: nothing of a lower QoS cube goes while something of a higher one waits.
 *
 * @module
 */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";
import type { Scheduling, SchedulingQueue } from "../../core/contract/policies/small_policies.ts";
import type { QosCube } from "../../core/contract/qos.ts";
import { Line } from "./line.ts";

class PriorityQueue<T> implements SchedulingQueue<T> {
  /** By cube. */
  readonly #lines = [new Line<T>(), new Line<T>(), new Line<T>()] as const;

  get length(): number {
    const [best, video, voice] = this.#lines;
    return best.length + video.length + voice.length;
  }

  add(item: T, cube: QosCube): void {
    this.#lines[cube].add(item);
  }

  next(): T | undefined {
    const [best, video, voice] = this.#lines;
    return (voice.length > 0 ? voice : video.length > 0 ? video : best).next();
  }
}

const scheduling: Scheduling = { queue: <T>() => new PriorityQueue<T>() };

/** Lets the higher cube go first. */
export const priority: Plugin<"scheduling"> = {
  kind: "scheduling",
  name: "priority",
  apiVersion: PLUGIN_API_VERSION,
  description: "voice before video before best effort, each first come, first served",
  options: [],
  position: 20,
  rank: 20,
  create: () => scheduling,
};
