/**
 * Strict priority: nothing of a lower QoS cube goes while something of a higher one waits.
 *
 * @module
 */
import type { Plugin } from "../../core/contract/plugin.ts";
import type { Scheduling, SchedulingQueue } from "../../core/contract/policies.ts";
import type { QosCube } from "../../core/contract/qos.ts";
import { PRIORITY } from "./declarations.ts";
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
export const priority: Plugin<"scheduling"> = { ...PRIORITY, create: () => scheduling };
