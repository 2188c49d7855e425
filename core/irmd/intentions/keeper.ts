/**
 * Keeps what was asked for: an IPCP whose process ends is started again and is given its layer, bindings, registrations and
 * connections again; what cannot be done yet is tried until it can be.
 *
 * @module
 */
import {
  AuthError,
  CancelledError,
  ExistsError,
  InvalidError,
  IpcpStateError,
  IpcpTypeError,
  NotSupportedError,
  type OuroError,
  PermissionError,
  PluginError,
  ProtocolError,
} from "../../contract/errors.ts";
import { DONE, type Done, type Outcome } from "../../contract/outcome.ts";
import { doubledWait } from "../../kit/doubled_wait.ts";
import type { Caller } from "../tables/machine.ts";
import type { State } from "../tables/state.ts";
import { call, type Commands } from "../commands/command.ts";
import { Intention, type Missing, WantedIpcp, type Wish } from "./intention.ts";

/** Milliseconds before the second try; doubled from one to the next. */
const FIRST_WAIT = 250;
/** Longest wait while nobody answers, or something is not there: what comes back is found within this time. */
const SILENT_WAIT = 3000;
/** Longest wait while somebody refuses, or processes end as soon as they have started. */
const REFUSED_WAIT = 30_000;
/** A process that ends sooner than this after its start is started again later and later. */
const QUICK = 5000;
/** Processes that are started side by side. */
const SIDE_BY_SIDE = 4;
/** Missing things in one list, and letters of a reason in it. */
const MAX_TOLD = 20;
const MAX_PROBLEM = 400;
/** What somebody has refused, who may change his mind; all else may be there at any moment. */
const REFUSALS = [
  AuthError,
  InvalidError,
  IpcpStateError,
  NotSupportedError,
  PermissionError,
  PluginError,
  ProtocolError,
];
/** What never comes right as long as the words of a command are what they are. */
const FAULTS = [InvalidError, IpcpTypeError, NotSupportedError, PluginError];
/** Commands whose words alone decide whether they can ever work: those of others depend on other members. */
const OWN_WORDS = ["ipcp.create", "ipcp.bootstrap"];
/** Commands that are tried again. */
const KEPT = [...OWN_WORDS, "ipcp.enrol", "ipcp.connect", "name.register", "bind.ipcp"];
/** Commands whose work may have been done by others. */
const BOTH_WAYS = ["ipcp.connect", "bind.ipcp"];

const UNDOING = new Map([["name.register", "name.unregister"], ["ipcp.connect", "ipcp.disconnect"]]);

/** An IPCP that will be wanted. */
export interface PlannedIpcp {
  readonly name: string;
  /** Its type, as users write it. */
  readonly type: string;
}

/** Returns whether a command that has failed so can never work as it is written. */
export const isFault = ({ method }: Wish, error: OuroError): boolean =>
  OWN_WORDS.includes(method) ? FAULTS.some((Class) => error instanceof Class) : !KEPT.includes(method);

/** Tries again what is wanted and not there. */
export class Keeper {
  readonly #state: State;
  readonly #commands: Commands;
  readonly #wanted = new Map<string, WantedIpcp>();
  /** IPCPs whose processes are being started before they are wanted, and who waits for them. */
  readonly #prepared = new Map<string, (() => void)[]>();
  #closed = false;

  /** @param commands that do what is wanted */
  constructor(state: State, commands: Commands) {
    this.#state = state;
    this.#commands = commands;
  }

  /** Returns what is wanted of an IPCP. */
  get(name: string): WantedIpcp | undefined {
    return this.#wanted.get(name);
  }

  /** Returns all IPCPs of which something is wanted. */
  values(): Iterable<WantedIpcp> {
    return this.#wanted.values();
  }

  /** Notes what a command has done. What was wanted of the same IPCP in another layer is wanted no more. */
  done(caller: Caller, name: string, wish: Wish, key: string | undefined, result: unknown): void {
    const intention = this.#intention(caller, wish);
    const wanted = this.#add(name, intention, key);
    this.#there(intention, result);
    if (intention === wanted.join) wanted.up = intention.since;
  }

  /**
   * Wants something of an IPCP that is not there yet; the first wish of each IPCP brings it into its layer.
   *
   * @param key tells the wishes of an IPCP apart; undefined: it is how the IPCP comes into its layer
   * @param first takes the outcome of the first try; at once when nothing can be tried before the IPCP is in its layer
   */
  want(caller: Caller, name: string, wish: Wish, key: string | undefined, first: Done<unknown>): void {
    const intention = this.#intention(caller, wish);
    const wanted = this.#add(name, intention, key);
    if (intention !== wanted.join && wanted.join.state !== "there") return first(DONE);
    intention.first = first;
    this.#try(wanted, intention);
  }

  /** Starts the processes of IPCPs that will be wanted, some side by side: what is wanted of one need not wait for those before it. */
  prepare(caller: Caller, ipcps: readonly PlannedIpcp[]): void {
    const queue = [...ipcps];
    const next = (): void => {
      const ipcp = queue.shift();
      if (!ipcp || this.#closed) return;
      const { name } = ipcp;
      if (this.#state.ipcps.find(name) || this.#prepared.has(name)) return next();
      this.#prepared.set(name, []);
      // What goes wrong is told to the one who wants it, whose own try comes after this.
      const create = { method: "ipcp.create", params: { ...ipcp }, caller, failures: 1, known: false };
      this.#run(create, () => {
        const waiting = this.#prepared.get(name) ?? [];
        this.#prepared.delete(name);
        for (const go of waiting) go();
        next();
      });
    };
    for (let count = 0; count < SIDE_BY_SIDE; count++) next();
  }

  /** Takes the outcome of the next try of what is wanted and not there, which begins now. */
  hurry(wanted: WantedIpcp, intention: Intention, done: Done<unknown>): void {
    intention.await(done);
    const next = wanted.join.state === "there" ? intention : wanted.join;
    if (next.state === "missing") this.#try(wanted, next);
  }

  /** An IPCP is wanted no more. @returns whether it was wanted */
  dropIpcp(name: string): boolean {
    const wanted = this.#wanted.get(name);
    for (const intention of wanted?.all ?? []) intention.drop(this.#cancelled(name));
    return this.#wanted.delete(name);
  }

  /** Something of an IPCP is wanted no more. @returns what it was */
  drop(name: string, key: string): Intention | undefined {
    const found = this.#wanted.get(name)?.rest.get(key);
    if (found) found.takenBack = true;
    found?.drop(this.#cancelled(name));
    this.#wanted.get(name)?.rest.delete(key);
    return found;
  }

  /** An IPCP tells of a connection that it makes again itself: it is lost, for a reason, or back (no reason). */
  connectionChanged(name: string, key: string, reason: string | undefined): void {
    const found = this.#wanted.get(name)?.rest.get(key);
    if (!found) return;
    found.lost = reason === undefined ? undefined : { since: found.lost?.since ?? this.#now(), reason };
  }

  /** The process of an IPCP has ended without being asked to. */
  lost(name: string, reason: string): void {
    const wanted = this.#wanted.get(name);
    if (!wanted || this.#closed) return;
    const now = this.#now();
    wanted.quickEnds = now - wanted.up < QUICK ? wanted.quickEnds + 1 : 0;
    const { join } = wanted;
    // A try that is under way fails by itself, and is told.
    if (join.state === "there") {
      this.#state.log.warning(`IPCP ${name} is lost: ${reason}; it is started again.`);
    }
    for (const intention of wanted.all) this.#missing(intention, now);
    if (join.state === "missing") this.#later(wanted, join, this.#pause(wanted));
  }

  /** Lists what is wanted and not there, of one IPCP or all: the first so many, as an answer must fit into a line. */
  missing(name?: string): Missing[] {
    const now = this.#now();
    const all = name === undefined ? [...this.#wanted.values()] : [this.#wanted.get(name)];
    const absent = all.flatMap((wanted) =>
      wanted
        ? wanted.all.filter(({ state, lost }) => state !== "there" || lost).map((one) => ({ wanted, one }))
        : []
    );
    return absent.slice(0, MAX_TOLD).map((
      { wanted, one: { what, since, next, lost, problem = lost?.reason } },
    ) => ({
      ipcp: wanted.name,
      what,
      since: Math.round(now - (lost?.since ?? since)),
      ...next === undefined ? {} : { next: Math.max(0, Math.round(next - now)) },
      ...problem === undefined ? {} : { problem: problem.slice(0, MAX_PROBLEM) },
    }));
  }

  /** Tries nothing any more. */
  close(): void {
    this.#closed = true;
    for (const wanted of this.#wanted.values()) {
      for (const { timer } of wanted.all) timer?.cancel();
    }
  }

  #intention({ pid, uid, gid }: Caller, wish: Wish): Intention {
    return new Intention({ pid, uid, gid }, wish, this.#now());
  }

  #add(name: string, intention: Intention, key: string | undefined): WantedIpcp {
    const before = this.#wanted.get(name);
    if (key === undefined) {
      const type = String(intention.params.type);
      const wanted = new WantedIpcp(name, type, intention);
      for (const [word, old] of before?.rest ?? []) {
        if (old.method === "bind.ipcp") wanted.rest.set(word, old);
        else old.drop(this.#cancelled(name));
      }
      before?.join.drop(this.#cancelled(name));
      this.#wanted.set(name, wanted);
      return wanted;
    }
    if (!before) throw new IpcpStateError(`nothing is wanted of the IPCP "${name}" yet`);
    before.rest.get(key)?.drop(this.#cancelled(name));
    before.rest.set(key, intention);
    return before;
  }

  #try(wanted: WantedIpcp, intention: Intention): void {
    intention.timer?.cancel();
    intention.next = undefined;
    intention.state = "trying";
    const done: Done<unknown> = (outcome) => {
      if (intention.takenBack && outcome.ok) this.#undo(intention);
      if (intention.dropped || this.#closed) return;
      if (outcome.ok) this.#succeeded(wanted, intention, outcome);
      else this.#failed(wanted, intention, outcome);
    };
    const { name } = wanted;
    if (intention !== wanted.join) return this.#run(intention, done);
    const preparing = this.#prepared.get(name);
    if (preparing) {
      return void preparing.push(() => !intention.dropped && this.#begin(wanted, intention, done));
    }
    this.#begin(wanted, intention, done);
  }

  /** Brings an IPCP into its layer, and makes it before if need be. */
  #begin(wanted: WantedIpcp, intention: Intention, done: Done<unknown>): void {
    const { name } = wanted;
    if (this.#state.ipcps.find(name)) return this.#run(intention, done);
    // Its process stays when its layer cannot be reached: only that is tried again.
    const create = { method: "ipcp.create", params: { name, type: wanted.type } };
    const { caller, failures, known } = intention;
    this.#run({ ...create, caller, failures, known }, (outcome) => {
      if (outcome.ok) wanted.up = this.#now();
      else wanted.quickEnds++;
      if (!outcome.ok || intention.method === create.method || intention.dropped) done(outcome);
      else this.#run(intention, done);
    });
  }

  /** Takes back what was done while it was being taken back: that it is gone already is no failure. */
  #undo({ method, params, caller }: Intention): void {
    const undoing = UNDOING.get(method);
    if (undoing !== undefined) call(this.#commands[undoing], caller, params, () => {});
  }

  #run({ method, params, caller, failures, known }: RunnableWish, done: Done<unknown>): void {
    call(this.#commands[method], { ...caller, again: failures > 0, remakes: known }, params, done);
  }

  #succeeded(wanted: WantedIpcp, intention: Intention, outcome: Outcome<unknown> & { ok: true }): void {
    const { name } = wanted;
    const { known, failures, since } = intention;
    // What is made again at once along with its IPCP is told by its command.
    if (failures > 0 || (known && intention === wanted.join)) {
      const seconds = ((this.#now() - since) / 1000).toFixed(1);
      this.#state.log.info(`IPCP ${name} is ${intention.what}${known ? " again" : ""}, after ${seconds} s.`);
    }
    this.#there(intention, outcome.value);
    if (intention === wanted.join) {
      wanted.up = this.#now();
      for (const other of wanted.rest.values()) {
        if (other.state === "missing") this.#try(wanted, other);
      }
    }
    intention.remade = !intention.answer(outcome) && known;
  }

  #failed(wanted: WantedIpcp, intention: Intention, outcome: Outcome<never> & { ok: false }): void {
    const { error } = outcome;
    // A connection that the other end has made again counts, and a binding that came with the layer.
    if (error instanceof ExistsError && BOTH_WAYS.includes(intention.method)) {
      return this.#succeeded(wanted, intention, { ok: true, value: null });
    }
    intention.state = "missing";
    intention.problem = error.message;
    intention.failures++;
    const { name } = wanted;
    if (intention.failures === 1 && !(intention.first && isFault(intention, error))) {
      this.#state.log.warning(
        `IPCP ${name} cannot be ${intention.what} yet: ${error.message}; it is tried again until it can be.`,
      );
    }
    const refused = REFUSALS.some((Class) => error instanceof Class);
    const wait = this.#wait(intention.failures, refused ? REFUSED_WAIT : SILENT_WAIT);
    if (intention === wanted.join) {
      if (this.#now() - wanted.up >= QUICK) wanted.quickEnds = 0;
      this.#later(wanted, intention, Math.max(wait, this.#pause(wanted)));
      for (const other of wanted.rest.values()) other.answer(outcome);
    } else if (wanted.join.state === "there") this.#later(wanted, intention, wait);
    intention.answer(outcome);
  }

  #there(intention: Intention, result: unknown): void {
    intention.state = "there";
    intention.since = this.#now();
    intention.known = true;
    intention.failures = 0;
    intention.problem = undefined;
    intention.lost = undefined;
    intention.result = result;
  }

  /** What was being tried is answered by itself. */
  #missing(intention: Intention, since: number): void {
    intention.timer?.cancel();
    intention.next = undefined;
    if (intention.state !== "there") return;
    intention.state = "missing";
    intention.lost = undefined;
    intention.since = since;
  }

  #later(wanted: WantedIpcp, intention: Intention, wait: number): void {
    intention.next = this.#now() + wait;
    intention.timer = this.#state.ports.timers.after(wait, () => this.#try(wanted, intention));
  }

  /** Doubles from try to try; a quarter of it is random, so that hosts that were cut off together do not come back together. */
  #wait(failures: number, longest: number): number {
    const wait = doubledWait(FIRST_WAIT, longest, failures - 1);
    return wait * (1 - (this.#state.ports.random.uint32() % 1024) / 4096);
  }

  /** How long no process of an IPCP is started: the first one that ends soon is not held against it. */
  #pause({ quickEnds }: WantedIpcp): number {
    return quickEnds <= 1 ? 0 : this.#wait(quickEnds - 1, REFUSED_WAIT);
  }

  #now(): number {
    return this.#state.ports.clock.now();
  }

  #cancelled(name: string): OuroError {
    return new CancelledError(`something else is wanted of the IPCP "${name}" now`);
  }
}

type RunnableWish = Pick<Intention, "method" | "params" | "caller" | "failures" | "known">;
