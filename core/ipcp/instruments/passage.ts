/**
 * The packets of one flow or port, in one direction, on an {@link ImpairedPath}: those that are late wait here.
 *
 * @module
 */
import type { Timer } from "../../contract/ports.ts";
import { EventQueue } from "../../kit/event_queue.ts";
import type { ImpairedPath } from "./impaired_path.ts";

/** Takes a packet at the end of the path; false: there was no room for it. */
export type Deliver = (packet: Uint8Array<ArrayBuffer>) => boolean;

interface Held {
  readonly packet: Uint8Array<ArrayBuffer>;
  readonly deliver: Deliver;
}

/** Where packets pass. */
export class Passage {
  readonly #path: ImpairedPath;
  readonly #after: () => void;
  readonly #queue = new EventQueue();
  /** What waits, by the ids in the queue. */
  readonly #held: (Held | undefined)[] = [];
  readonly #free: number[] = [];
  #timer: Timer | undefined;
  #armed = Infinity;

  /** @param after called when packets were delivered at their time, and no more for now */
  constructor(path: ImpairedPath, after: () => void = () => {}) {
    this.#path = path;
    this.#after = after;
  }

  /** The path that it is on. */
  get path(): ImpairedPath {
    return this.#path;
  }

  /** Packets that wait. */
  get length(): number {
    return this.#queue.length;
  }

  /**
   * A packet sets out; its bytes may be changed, and are copied unless they are delivered before this returns.
   *
   * @returns false when it was to be delivered at once and there was no room
   */
  pass(packet: Uint8Array<ArrayBuffer>, deliver: Deliver): boolean {
    const now = this.#path.clock.now();
    // What is due by now goes first.
    this.#deliverDue(now);
    const times = this.#path.impair(packet, now);
    let direct = -1;
    for (let at = 0; at < times.length; at++) {
      if (times[at] <= 0 && direct < 0) direct = at;
      else this.#hold(now + times[at], packet, deliver);
    }
    return direct < 0 || deliver(packet);
  }

  /** Delivers all that waits, now. */
  release(): void {
    this.#deliverDue(Infinity);
    this.#disarm();
  }

  /** Drops all that waits. */
  forget(): void {
    while (this.#queue.length > 0) this.#take();
    this.#disarm();
  }

  #hold(time: number, packet: Uint8Array, deliver: Deliver): void {
    if (!this.#path.hold(packet.length)) return;
    const id = this.#free.pop() ?? this.#held.length;
    this.#held[id] = { packet: new Uint8Array(packet), deliver };
    this.#queue.push(time, id);
    if (time < this.#armed) this.#arm(time);
  }

  #take(): Held | undefined {
    const id = this.#queue.pop();
    const held = this.#held[id];
    this.#held[id] = undefined;
    this.#free.push(id);
    if (held) this.#path.release(held.packet.length);
    return held;
  }

  #deliverDue(now: number): void {
    while (this.#queue.time <= now && this.#queue.length > 0) {
      const held = this.#take();
      if (held && !held.deliver(held.packet)) this.#path.counts.dropped++;
    }
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#armed = Infinity;
  }

  #arm(time: number): void {
    this.#timer?.cancel();
    this.#armed = time;
    this.#timer = this.#path.timers.after(time - this.#path.clock.now(), this.#fired);
  }

  readonly #fired = (): void => {
    this.#armed = Infinity;
    const before = this.#queue.length;
    this.#deliverDue(this.#path.clock.now());
    if (this.#queue.length > 0 && this.#queue.time < this.#armed) this.#arm(this.#queue.time);
    if (this.#queue.length < before) this.#after();
  };
}
