/**
 * The directories of a layer in virtual time. Messages between them take a while and may be lost.
 *
 * @module
 */
import type { Directory } from "../../contract/policies/directory.ts";
import { type Address, address, type NameHash } from "../../contract/ids.ts";
import type { Done, Outcome } from "../../contract/outcome.ts";
import type { Plugin } from "../../contract/plugin.ts";
import type { Log } from "../../contract/ports.ts";
import { checkOptions } from "../../registry/check_options.ts";
import type { Registry } from "../../registry/registry.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { type Needs, registryOf } from "../suite.ts";
import { SILENT } from "../../contract/ports.ts";

/** How messages travel, and what members know of each other. */
export interface Conditions extends Needs {
  readonly seed?: number;
  /** Part of the messages that are lost, 0 … 1. */
  loss?: number;
  /** Milliseconds that a message takes: at least and at most. */
  readonly delay?: readonly [number, number];
  /** Routing knows no members: the directory has to manage by itself. */
  readonly strangers?: boolean;
  /** Gets the log of all members. */
  readonly log?: Log;
}

/** A directory in the simulated layer. */
export interface SimulatedDirectory {
  readonly directory: Directory;
  readonly address: Address;
  alive: boolean;
  /** Others have a way to it, and it has a way to others. */
  reachable: boolean;
}

/** Milliseconds after which nobody waits for an answer any more. */
const LIMIT = 20_000;
const EPOCH = Date.UTC(2026, 0, 1);

/** The directories of one layer. */
export class SimulatedDirectories {
  readonly time = new VirtualTime(EPOCH);
  readonly random: SeededRandom;
  readonly all: SimulatedDirectory[] = [];
  readonly conditions: Conditions;
  /** Messages on their way. */
  inFlight = 0;
  /** Messages sent so far. */
  messages = 0;
  /** What was sent by whom to whom, when it is an array. */
  record: { from: Address; to: Address; bytes: Uint8Array }[] | undefined;
  readonly #plugin: Plugin<"directory">;
  readonly #registry: Registry;
  readonly #byAddress = new Map<Address, SimulatedDirectory>();

  /** An empty layer; the same seed replays the same run. */
  constructor(plugin: Plugin<"directory">, conditions: Conditions = {}) {
    this.#plugin = plugin;
    this.#registry = registryOf(plugin, conditions.uses, conditions.guard);
    this.conditions = conditions;
    this.random = new SeededRandom(conditions.seed ?? 1);
  }

  /** Adds a member that has enrolled with `peer`; without it, the first one. */
  add(peer?: SimulatedDirectory, reachable = true): SimulatedDirectory {
    const own = address(1 + this.all.length * 0x01000193 % 0xfffffffe);
    const seed = this.random.uint32();
    const member: SimulatedDirectory = {
      address: own,
      alive: true,
      reachable,
      directory: this.#registry.make("directory", this.#plugin.name, {
        clock: this.time,
        timers: this.time,
        random: new SeededRandom(seed),
        log: this.conditions.log ?? SILENT,
        own,
        hashLength: 32,
        options: checkOptions(this.#plugin.options, this.conditions.options ?? {}),
        peer: peer?.address,
        send: (to, message) => this.#send(own, to, message),
        members: () => this.#members(own),
      }),
    };
    this.all.push(member);
    this.#byAddress.set(own, member);
    return member;
  }

  /** Adds members up to `count`, `pause` milliseconds apart, each enrolled with one that is there; then lets them settle. */
  grow(count: number, pause: number, settle = 10_000): void {
    if (this.all.length === 0) this.add();
    while (this.all.length < count) {
      this.add(this.all[this.random.below(this.all.length)]);
      this.time.advance(pause);
      if (this.all.length <= 64) this.routesChanged();
    }
    this.time.advance(settle);
  }

  /** The forwarding tables of all members were replaced. */
  routesChanged(): void {
    for (const { directory, alive } of this.all) if (alive) directory.routesChanged();
  }

  /** A member dies without a word. Routing does not know it yet. */
  kill(member: SimulatedDirectory): void {
    member.alive = false;
    member.directory.shutdown();
  }

  /** The value of an operation that must succeed. */
  ok<T>(operation: (done: Done<T>) => void): T {
    const outcome = this.outcome(operation);
    if (!outcome.ok) throw outcome.error;
    return outcome.value;
  }

  /** The outcome of an operation. Time passes until it is there, and no longer. */
  outcome<T>(operation: (done: Done<T>) => void): Outcome<T> {
    let outcome: Outcome<T> | undefined;
    operation((result) => {
      if (outcome !== undefined) throw new Error("the outcome was told twice");
      outcome = result;
    });
    for (const end = this.time.now() + LIMIT; outcome === undefined; this.time.advance(1)) {
      if (this.time.now() > end) throw new Error(`there was no outcome within ${LIMIT} ms`);
    }
    return outcome;
  }

  /** Registers the hash at a member. */
  register({ directory }: SimulatedDirectory, hash: NameHash): void {
    this.ok<void>((done) => directory.register(hash, done));
  }

  /** Takes the registration back. */
  unregister({ directory }: SimulatedDirectory, hash: NameHash): void {
    this.ok<void>((done) => directory.unregister(hash, done));
  }

  /** Addresses that a member finds. */
  query({ directory }: SimulatedDirectory, hash: NameHash): readonly Address[] {
    return this.ok<readonly Address[]>((done) => directory.query(hash, done));
  }

  /** Ends all members. */
  shutdown(): void {
    for (const member of this.all) if (member.alive) this.kill(member);
  }

  #members(own: Address): Address[] {
    if (this.conditions.strangers) return [];
    return this.all.filter((one) => one.alive && one.address !== own).map((one) => one.address);
  }

  #send(from: Address, to: Address, message: Uint8Array): boolean {
    const [sender, target] = [this.#byAddress.get(from), this.#byAddress.get(to)];
    if (!sender?.reachable || !target?.reachable) return false;
    this.messages++;
    const bytes = message.slice();
    this.record?.push({ from, to, bytes: message.slice() });
    const { loss = 0, delay: [least, most] = [1, 4] } = this.conditions;
    if (this.random.uint32() < loss * 2 ** 32) return true;
    this.inFlight++;
    this.time.after(least + this.random.below(1000) / 1000 * (most - least), () => {
      this.inFlight--;
      if (target.alive) target.directory.receive(bytes);
      bytes.fill(0xff); // A message is valid during the call only.
    });
    return true;
  }
}
