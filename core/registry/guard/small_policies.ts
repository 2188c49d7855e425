/**
 * The small kinds of policies under guard.
 *
 * @module
 */
import type { Address } from "../../contract/ids.ts";
import type {
  AddressAuthority,
  Balancer,
  HashFunction,
  Scheduling,
  SchedulingQueue,
  Waiting,
} from "../../contract/policies/small_policies.ts";
import type { QosCube } from "../../contract/qos.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

const MAX_ADDRESS = 0xffff_ffff;

const isWhole = (value: unknown, least: number, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;

/** Guards an address policy: no address is better than a wrong one. */
export const guardedAddresses = (policy: AddressAuthority, plugin: GuardedPlugin): AddressAuthority => ({
  draw: () => {
    const isAddress = (value: unknown): value is Address => isWhole(value, 1, MAX_ADDRESS);
    const drawn = plugin.call<Address | undefined>(
      "draw",
      () => policy.draw(),
      undefined,
      (value) => isAddress(value) ? value : undefined,
    );
    if (drawn === undefined) throw plugin.error("draw");
    return drawn;
  },
});

/** Guards a balancing policy: in its place, the first gets the flow. */
export const guardedBalancer = (policy: Balancer, plugin: GuardedPlugin): Balancer => ({
  choose: (waiting) => {
    const own: Waiting[] = waiting.map(({ order, pid }) => ({ order, pid }));
    const { length } = own;
    return plugin.call(
      "choose",
      () => policy.choose(own),
      0,
      (index) => isWhole(index, 0, length - 1) ? index : undefined,
    );
  },
});

/** Guards a hash function: nothing stands in for a digest. */
export function guardedHash(policy: HashFunction, plugin: GuardedPlugin): HashFunction {
  const { length } = policy;
  return {
    length,
    digest: (bytes) => {
      const found = plugin.call<Uint8Array | undefined>(
        "digest",
        () => policy.digest(bytes),
        undefined,
        (value) => value instanceof Uint8Array && value.length === length ? value : undefined,
      );
      if (found === undefined) throw plugin.error("digest");
      return found;
    },
  };
}

/** Guards a scheduling policy: nothing that waits is lost, and nothing comes twice. */
export const guardedScheduling = (policy: Scheduling, plugin: GuardedPlugin): Scheduling => ({
  queue: <T>() => {
    const queue = plugin.call<SchedulingQueue<T> | undefined>(
      "queue",
      () => policy.queue<T>(),
      undefined,
      (made) => isQueue<T>(made) ? made : undefined,
    );
    return new GuardedQueue<T>(queue, plugin);
  },
});

const isQueue = <T>(made: unknown): made is SchedulingQueue<T> =>
  typeof made === "object" && made !== null && "add" in made && "next" in made;

class GuardedQueue<T> implements SchedulingQueue<T> {
  /** What waits, oldest first, and how often. */
  readonly #waiting = new Map<T, number>();
  #length = 0;

  constructor(
    private readonly queue: SchedulingQueue<T> | undefined,
    private readonly plugin: GuardedPlugin,
  ) {}

  get length(): number {
    return this.#length;
  }

  add(item: T, cube: QosCube, bytes?: number): void {
    this.#waiting.set(item, (this.#waiting.get(item) ?? 0) + 1);
    this.#length++;
    this.plugin.tell("add", () => this.queue?.add(item, cube, bytes));
  }

  next(): T | undefined {
    if (this.#length === 0) return undefined;
    const { queue, plugin } = this;
    const [oldest] = this.#waiting.keys();
    const next = queue === undefined
      ? oldest
      : plugin.call("next", () => queue.next(), oldest, (item) => this.#waits(item) ? item : undefined);
    this.#remove(next);
    return next;
  }

  #waits(item: unknown): item is T {
    return this.#waiting.has(item as T);
  }

  #remove(item: T): void {
    this.#length--;
    const left = (this.#waiting.get(item) ?? 1) - 1;
    if (left === 0) this.#waiting.delete(item);
    else this.#waiting.set(item, left);
  }
}
