/**
 * Packets on a bad path: what happens to each, and where those that are late wait.
 *
 * @module
 */
import type { Clock, Timer, Timers } from "../../contract/ports.ts";
import { EventQueue } from "../../kit/event_queue.ts";
import {
  type Impairment,
  impairment,
  type ImpairmentCounts,
  lineOf,
  noCounts,
} from "../../kit/impairment.ts";
import type { LimitedLine } from "../../kit/queues/limited_line.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import type { ImpairmentSettings } from "../../wire/local/impairment_json.ts";

/** Packets, and bytes of them, that may be delayed at once; more are dropped. */
const MAX_HELD = 16_384;
const MAX_HELD_BYTES = 32 * 1024 * 1024;
/** Milliseconds between two looks at the queue of a line, at least. */
const LOOK = 1;

/** What a path has done, in packets. */
export interface PathCounts extends ImpairmentCounts {
  /** Copies dropped because too many waited. */
  dropped: number;
}

/** What happens in each direction to the packets of an IPCP. */
export interface ImpairedPaths {
  /** What happens to packets that are received; undefined: nothing. */
  readonly in: ImpairedPath | undefined;
  /** What happens to packets that are sent; undefined: nothing. */
  readonly out: ImpairedPath | undefined;
  /** Calls `changed` when {@link in} or {@link out} is another. Returns what ends that. */
  watch(changed: () => void): () => void;
}

/** An impairment of one direction, for all flows and ports of an IPCP, while it runs. */
export class ImpairedPath {
  /** What it does; the seed is always there. */
  readonly settings: ImpairmentSettings & { readonly seed: number };
  /** What it has done. */
  readonly counts: PathCounts = { ...noCounts(), dropped: 0 };
  /** Reads time. */
  readonly clock: Clock;
  /** Arms timers. */
  readonly timers: Timers;
  /** What happens to a packet. */
  readonly impair: Impairment;
  readonly #line: LimitedLine | undefined;
  /** Those who want to know that the queue of the line gets shorter. */
  readonly #watchers = new Set<() => void>();
  #look: Timer | undefined;
  #held = 0;
  #heldBytes = 0;

  /** @param stream the same seed gives each of them other values */
  constructor(
    settings: ImpairedPath["settings"],
    stream: 0 | 1,
    { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  ) {
    this.settings = settings;
    this.clock = clock;
    this.timers = timers;
    this.#line = lineOf(settings);
    this.impair = impairment(
      settings,
      new SeededRandom(stream === 0 ? settings.seed : ~settings.seed),
      this.counts,
      this.#line,
    );
  }

  /** Packets that wait for the line of limited rate: the queue of a device, to those who send through it. */
  get queued(): number {
    return this.#line?.waiting(this.clock.now()) ?? 0;
  }

  /** From now on `shorter` is called again and again while {@link queued} falls. Returns what ends that. */
  watch(shorter: () => void): () => void {
    this.#watchers.add(shorter);
    return () => {
      this.#watchers.delete(shorter);
      if (this.#watchers.size > 0) return;
      this.#look?.cancel();
      this.#look = undefined;
    };
  }

  /** A packet has set out: its queue is looked at until it is empty. */
  lookOut(): void {
    if (this.#line === undefined || this.#look !== undefined || this.#watchers.size === 0) return;
    const now = this.clock.now();
    const waiting = this.#line.waiting(now);
    if (waiting === 0) return;
    const quarter = this.#line.timeOf(waiting - 1 - (waiting >> 2)) - now;
    this.#look = this.timers.after(Math.max(LOOK, quarter), this.#looked);
  }

  readonly #looked = (): void => {
    this.#look = undefined;
    for (const shorter of [...this.#watchers]) shorter();
    this.lookOut();
  };

  /** Packets that wait. */
  get held(): number {
    return this.#held;
  }

  /** Whether a packet of so many bytes may wait; it is counted, one way or the other. */
  hold(length: number): boolean {
    if (this.#held >= MAX_HELD || this.#heldBytes + length > MAX_HELD_BYTES) {
      this.counts.dropped++;
      return false;
    }
    this.#held++;
    this.#heldBytes += length;
    return true;
  }

  /** A packet waits no more. */
  release(length: number): void {
    this.#held--;
    this.#heldBytes -= length;
  }
}

/** Takes a packet at the end of the path; false: there was no room for it. */
export type Deliver = (packet: Uint8Array<ArrayBuffer>) => boolean;

interface Held {
  readonly packet: Uint8Array<ArrayBuffer>;
  readonly deliver: Deliver;
}

/** The packets of one flow or port, in one direction, on an {@link ImpairedPath}: those that are late wait here. */
export class DelayLine {
  readonly #queue = new EventQueue();
  /** What waits, by the ids in the queue. */
  readonly #held: (Held | undefined)[] = [];
  readonly #free: number[] = [];
  #timer: Timer | undefined;
  #armed = Infinity;

  /**
   * @param path that it is on
   * @param after called when packets were delivered at their time, and no more for now
   */
  constructor(readonly path: ImpairedPath, private readonly after: () => void = () => {}) {}

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
    const now = this.path.clock.now();
    // What is due by now goes first.
    this.#deliverDue(now);
    const times = this.path.impair(packet, now);
    this.path.lookOut();
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
    if (!this.path.hold(packet.length)) return;
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
    if (held) this.path.release(held.packet.length);
    return held;
  }

  #deliverDue(now: number): void {
    while (this.#queue.time <= now && this.#queue.length > 0) {
      const held = this.#take();
      if (held && !held.deliver(held.packet)) this.path.counts.dropped++;
    }
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#armed = Infinity;
  }

  #arm(time: number): void {
    this.#timer?.cancel();
    this.#armed = time;
    this.#timer = this.path.timers.after(time - this.path.clock.now(), this.#fired);
  }

  readonly #fired = (): void => {
    this.#armed = Infinity;
    const before = this.#queue.length;
    this.#deliverDue(this.path.clock.now());
    if (this.#queue.length > 0 && this.#queue.time < this.#armed) this.#arm(this.#queue.time);
    if (this.#queue.length < before) this.after();
  };
}
