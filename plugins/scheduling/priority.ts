/**
 * Priority with a guaranteed share: the higher QoS cube goes first, but those that it passes over are owed a part of what goes
 * meanwhile, and are served once that pays for the packet that they have waiting. What they are owed is counted as in deficit round
 * robin (M. Shreedhar, G. Varghese: Efficient Fair Queuing Using Deficit Round-Robin, 1995), in bytes, so that the sizes of packets
 * do not matter.
 *
 * @module
 */
import { type Plugin, PLUGIN_API_VERSION } from "../../core/contract/plugin.ts";
import type { Scheduling, SchedulingQueue } from "../../core/contract/policies/small_policies.ts";
import type { QosCube } from "../../core/contract/qos.ts";
import { Line } from "../../core/kit/queues/line.ts";

/**
 * What best effort and video are owed of each byte of a higher cube: of what goes while they wait, best effort gets a tenth at least,
 * and video a fifth of what voice leaves it.
 */
const BEST_PART = 1 / 9, VIDEO_PART = 1 / 4;

class PriorityQueue<T> implements SchedulingQueue<T> {
  readonly #best = new Line<T>();
  readonly #video = new Line<T>();
  readonly #voice = new Line<T>();
  /** Bytes that the two are owed while they wait. */
  #bestOwed = 0;
  #videoOwed = 0;

  get length(): number {
    return this.#best.length + this.#video.length + this.#voice.length;
  }

  add(item: T, cube: QosCube, bytes = 1): void {
    (cube === 0 ? this.#best : cube === 1 ? this.#video : this.#voice).add(item, bytes);
  }

  next(): T | undefined {
    const best = this.#best, video = this.#video, voice = this.#voice;
    if (best.length > 0 && this.#bestOwed >= best.size) {
      this.#bestOwed -= best.size;
      return this.#takeBest();
    }
    if (video.length > 0 && (voice.length === 0 || this.#videoOwed >= video.size)) {
      if (voice.length > 0) this.#videoOwed -= video.size;
      this.#passOver(video.size);
      const item = video.next();
      if (video.length === 0) this.#videoOwed = 0;
      return item;
    }
    if (voice.length === 0) return this.#takeBest();
    if (video.length > 0) this.#videoOwed += voice.size * VIDEO_PART;
    this.#passOver(voice.size);
    return voice.next();
  }

  #takeBest(): T | undefined {
    const item = this.#best.next();
    if (this.#best.length === 0) this.#bestOwed = 0;
    return item;
  }

  /** A packet of a higher cube goes before best effort. */
  #passOver(bytes: number): void {
    if (this.#best.length > 0) this.#bestOwed += bytes * BEST_PART;
  }
}

const scheduling: Scheduling = { queue: <T>() => new PriorityQueue<T>() };

/** Lets the higher cube go first, and leaves the others a share. */
export const priority: Plugin<"scheduling"> = {
  kind: "scheduling",
  name: "priority",
  apiVersion: PLUGIN_API_VERSION,
  description: "voice before video before best effort, which keep a share",
  options: [],
  position: 20,
  rank: 20,
  create: () => scheduling,
};
