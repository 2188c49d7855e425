/**
 * The guard that every call into a third party's plugin passes: what the plugin throws, or returns in place of an answer, is counted
 * and logged once for each method, and does no harm.
 *
 * @module
 */
import { type OuroError, PluginError } from "../../contract/errors.ts";
import { OUT_OF_USE, SAFE_ANSWERS } from "../../contract/policies/safe_answers.ts";
import type { PluginDeclaration } from "../../contract/plugin.ts";
import type { Log } from "../../contract/ports.ts";
import type { Stats } from "../../contract/stats.ts";
import { callsOf, CELLS, LAST, RUNNING, SLOW, SLOW_CALL, SLOW_FOR, SLOW_SHARE } from "./cells.ts";
import { LONG } from "./slow_watch.ts";
import { describeThrown, describeValue, isPromise, thrownIn } from "./describe.ts";

/** So many faults of a plugin put it out of use. */
export const MAX_FAULTS = 16;

/** What happens without a plugin for which nothing stands in: a slow one is better than none. */
const NEEDED = [OUT_OF_USE.ipcp, OUT_OF_USE.hash];

/** What stands for a method where it is told that a plugin is slow. */
const SPEED = "";

/** What goes on where no contract says it. */
const ELSE = "nothing is done";

/** Methods whose faults put nothing out of use: strangers cause what they are called with, or nobody depends on them. */
const HARMLESS = ["receive", "stats", "shutdown"];

/** What a guard is made with. */
export interface GuardOptions {
  /** Takes what plugins do: memory that a watchdog shares. */
  readonly cells?: Int32Array;
  /** Which plugins: those of third parties when left out; tests want all, or nobody to come between them and the plugin. */
  readonly whom?: "others" | "all" | "nobody";
}

/** What a plugin did wrong. */
export interface PluginFault extends Pick<PluginDeclaration, "kind" | "name"> {
  /** The path of its file. */
  readonly file: string;
  /** How often. */
  readonly faults: number;
  /** The method, and what happened last. */
  readonly last: string;
  /** It is not called any more. */
  readonly outOfUse: boolean;
}

/** Guards the plugins of a process. */
export class PluginGuard {
  /** Which plugin runs, which ran last, and how often each was called, at the places that `cells.ts` names. */
  readonly cells: Int32Array;
  readonly #whom: NonNullable<GuardOptions["whom"]>;
  /** Called after each fault. */
  onFault: (plugin: GuardedPlugin) => void = () => {};
  /**
   * Called with the number of {@link cells} that a plugin, or the loading of a file, has, what log lines call it, and which plugin it
   * is, where it is one.
   */
  onNamed: (id: number, label: string, plugin?: Pick<PluginFault, "kind" | "name" | "file">) => void =
    () => {};
  /** Called when a plugin is put out of use that nothing stands in for. */
  onGiveUp: (error: OuroError) => void = () => {};
  readonly #plugins: GuardedPlugin[] = [];
  #ids = 0;

  /** Makes a guard of no plugins yet. @param log takes a line of each plugin and method that fails */
  constructor(readonly log: Log, { cells = new Int32Array(CELLS), whom = "others" }: GuardOptions = {}) {
    this.cells = cells;
    this.#whom = whom;
  }

  /** Returns whether it takes the calls of a plugin. */
  guards(builtIn: boolean): boolean {
    return this.#whom === "all" || this.#whom === "others" && !builtIn;
  }

  /** Returns the plugin of that declaration. */
  plugin(
    { kind, name, version }: Pick<PluginDeclaration, "kind" | "name" | "version">,
    origin: string,
  ): GuardedPlugin {
    const known = this.#plugins.find((one) => one.kind === kind && one.name === name);
    if (known) return known;
    const made = new GuardedPlugin(this, ++this.#ids, { kind, name, version }, origin);
    this.#plugins.push(made);
    this.onNamed(made.id, made.label, { kind, name, file: origin });
    return made;
  }

  /** Loads a file: what it does meanwhile counts as a call. */
  async loading<T>(file: string, load: () => Promise<T>): Promise<T> {
    this.onNamed(++this.#ids, `file ${file}, which is being loaded,`);
    this.cells[RUNNING] = this.cells[LAST] = this.#ids;
    try {
      return await load();
    } finally {
      this.cells[RUNNING] = 0;
    }
  }

  /** Returns the plugin of a number that {@link cells} hold. */
  numbered(id: number): GuardedPlugin | undefined {
    return this.#plugins.find((plugin) => plugin.id === id);
  }

  /**
   * Takes what was thrown outside all calls: in a promise, or in a callback that no guard knows.
   *
   * @returns whether it was a plugin's: the process may go on
   */
  uncaught(thrown: unknown): boolean {
    const guilty = this.#plugins.find(({ origin }) => thrownIn(thrown, origin)) ??
      (thrown instanceof Error ? undefined : this.numbered(this.cells[LAST]));
    guilty?.failed("a callback", thrown);
    return guilty !== undefined;
  }

  /** The watchdog has found a plugin whose calls take the time of the process. */
  heedSlow(): void {
    const { cells } = this;
    const plugin = this.numbered(cells[SLOW]);
    const each = Number((cells[SLOW_CALL] / 1000).toPrecision(2));
    const share = `${cells[SLOW_SHARE]} % of the time of the process for ${cells[SLOW_FOR]} s`;
    const long = cells[SLOW_FOR] >= LONG;
    Atomics.store(cells, SLOW, 0);
    plugin?.slow(`its calls take ${each} ms each on average, ${share}`, long);
  }

  /** The plugins that had faults, for people. */
  stats(): readonly Stats[] {
    return this.#plugins.filter(({ faults }) => faults > 0).map((plugin) => plugin.stats());
  }

  /** What plugins did wrong, one after the other. */
  faults(): readonly PluginFault[] {
    return this.#plugins.filter(({ faults }) => faults > 0).map((plugin) => plugin.fault());
  }

  /** The plugins that something was made of. */
  used(): readonly Stats[] {
    return this.#plugins.map((plugin) => plugin.stats());
  }
}

/** One plugin under guard. */
export class GuardedPlugin {
  /** It is out of use: nothing of it is called any more. */
  out = false;
  #faults = 0;
  #grave = 0;
  #last = "";
  readonly #told = new Set<string>();
  readonly #cells: Int32Array;
  /** Where its calls are counted. */
  readonly #calls: number;
  /** Its kind. */
  readonly kind: PluginDeclaration["kind"];
  /** Its name. */
  readonly name: string;
  readonly #version: string | undefined;

  /**
   * Begins without faults.
   *
   * @param guard of the process
   * @param id its number in {@link PluginGuard.cells}
   * @param origin the path of its file
   */
  constructor(
    readonly guard: PluginGuard,
    readonly id: number,
    { kind, name, version }: Pick<PluginDeclaration, "kind" | "name" | "version">,
    readonly origin: string,
  ) {
    this.kind = kind;
    this.name = name;
    this.#version = version;
    this.#cells = guard.cells;
    this.#calls = callsOf(id);
  }

  /** Returns how many faults it had. */
  get faults(): number {
    return this.#faults;
  }

  /** How log lines and errors name it. */
  get label(): string {
    return `${this.kind} "${this.name}" (${this.origin})`;
  }

  /** A call into it begins. @returns what {@link leave} is called with at its end */
  begin(): number {
    this.#cells[LAST] = this.id;
    return this.enter();
  }

  /** As {@link begin}, for calls that come with each packet. */
  enter(): number {
    const cells = this.#cells;
    const before = cells[RUNNING];
    cells[RUNNING] = this.id;
    cells[this.#calls]++;
    if (cells[SLOW] !== 0) this.guard.heedSlow();
    return before;
  }

  /** The call has ended. */
  leave(before: number): void {
    this.#cells[RUNNING] = before;
  }

  /** A call that comes with a packet has ended, as it has thrown. @returns `safe` */
  threw<T>(before: number, hook: string, thrown: unknown, safe: T): T {
    this.leave(before);
    this.failed(hook, thrown);
    return safe;
  }

  /** Such a call has returned what is no answer. @returns `safe` */
  returned<T>(hook: string, value: unknown, safe: T): T {
    this.wrong(hook, value);
    return safe;
  }

  /**
   * Calls it, where a call is no matter of nanoseconds.
   *
   * @param safe what stands in for the answer when it fails, or is out of use
   * @param read makes the answer of what it returned; undefined: that is none
   */
  call<T>(hook: string, run: () => unknown, safe: T, read: (value: unknown) => T | undefined): T {
    if (this.out) return safe;
    const before = this.begin();
    try {
      const value = run();
      const answer = isPromise(value) ? undefined : read(value);
      if (answer !== undefined) return answer;
      this.wrong(hook, value);
    } catch (thrown) {
      this.failed(hook, thrown);
    } finally {
      this.leave(before);
    }
    return safe;
  }

  /** Tells it something: it has nothing to answer. @returns whether it took it */
  tell(hook: string, run: () => unknown): boolean {
    return this.call(hook, run, false, () => true);
  }

  /** It has thrown. */
  failed(hook: string, thrown: unknown): void {
    this.#fault(hook, describeThrown(thrown, this.origin));
  }

  /** It has returned what is no answer. */
  wrong(hook: string, value: unknown): void {
    this.#fault(hook, describeValue(value));
    // What comes of it later is nobody's answer either.
    if (isPromise(value)) Promise.resolve(value).catch((thrown) => this.failed(hook, thrown));
  }

  /** Makes the error of what has failed, for kinds that have no other answer. */
  error(hook: string): PluginError {
    return new PluginError(
      `${this.label}: ${
        this.out ? `it is out of use; the last fault was in ${this.#last}` : this.#last || hook
      }`,
    );
  }

  /** It had a fault that the guard of another process has seen. */
  blame(hook: string, what: string, grave = 1): void {
    this.#fault(hook, what, grave);
  }

  /**
   * Its calls take the time of the process.
   *
   * @param what is said of them
   * @param long they have for long: it is put out of use if something stands in for it
   */
  slow(what: string, long: boolean): void {
    const { guard, kind } = this;
    if (this.out) return;
    this.#faults++;
    this.#last = what;
    if (long && !NEEDED.includes(OUT_OF_USE[kind])) this.#putOut(`as ${what}`);
    else if (!this.#told.has(SPEED)) {
      this.#told.add(SPEED);
      guard.log.error(`Plugin ${this.label} is slow: ${what}; packets wait for it.`);
    }
    guard.onFault(this);
  }

  /** What it is, and what it did wrong, for people. */
  stats(): Stats {
    const { kind, name, origin: file, faults, out } = this;
    const version = this.#version;
    const wrong: Stats = faults === 0 ? { faults } : { faults, last: this.#last, outOfUse: out };
    return { kind, name, ...version !== undefined && { version }, file, ...wrong };
  }

  /** What it did wrong. */
  fault(): PluginFault {
    const { kind, name, origin: file, faults, out: outOfUse } = this;
    return { kind, name, file, faults, last: this.#last, outOfUse };
  }

  #fault(hook: string, what: string, grave = HARMLESS.includes(hook) ? 0 : 1): void {
    const { guard } = this;
    this.#faults++;
    this.#grave += grave;
    this.#last = `${hook}: ${what}`;
    if (!this.#told.has(hook)) {
      this.#told.add(hook);
      guard.log.error(`Plugin ${this.label} failed in ${hook}: ${what}; ${this.#safe(hook)}.`);
    }
    if (this.#grave >= MAX_FAULTS && !this.out) {
      this.#putOut(`after ${this.#faults} faults, the last in ${this.#last}`);
    }
    guard.onFault(this);
  }

  #putOut(why: string): void {
    const { guard, kind } = this;
    this.out = true;
    const text = `Plugin ${this.label} is out of use ${why}`;
    guard.log.error(`${text}; ${OUT_OF_USE[kind]}.`);
    if (OUT_OF_USE[kind] === OUT_OF_USE.ipcp) guard.onGiveUp(new PluginError(text));
  }

  #safe(hook: string): string {
    const answer: unknown = this.kind === "ipcp" ? undefined : Reflect.get(SAFE_ANSWERS[this.kind], hook);
    return typeof answer === "string" ? answer : ELSE;
  }
}
