/**
 * Scheduling by weight: of seven packets, four are voice, two video and one best effort, where all three wait. So nobody
 * starves.
 *
 * @module
 */
import type { Plugin, QosCube, SchedulingQueue } from "../../../contract/author_types.ts";

/** Whose turn it is, again and again: 2 is voice, 1 video, 0 best effort. */
const TURNS: readonly QosCube[] = [2, 1, 2, 0, 2, 1, 2];

class WeightedQueue<T> implements SchedulingQueue<T> {
  /** By cube. */
  readonly #lines: readonly T[][] = [[], [], []];
  #turn = 0;
  length = 0;

  add(item: T, cube: QosCube): void {
    this.#lines[cube].push(item);
    this.length++;
  }

  next(): T | undefined {
    for (let skipped = 0; skipped < TURNS.length; skipped++) {
      const line = this.#lines[TURNS[this.#turn]];
      this.#turn = (this.#turn + 1) % TURNS.length;
      if (line.length === 0) continue;
      this.length--;
      return line.shift();
    }
    return undefined;
  }
}

const plugin: Plugin<"scheduling"> = {
  kind: "scheduling",
  name: "weighted",
  apiVersion: 1,
  version: "1.0.0",
  description: "voice, video and best effort by weight: 4, 2 and 1",
  options: [],
  create: () => ({ queue: <T>() => new WeightedQueue<T>() }),
};

export default plugin;
