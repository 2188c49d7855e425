/**
 * Adds the names that are registered here to the DNS, and takes them back, also when its server cannot be reached for a while.
 *
 * @module
 */
import type { OuroError } from "../../core/contract/errors.ts";
import { type NameHash, shortHash } from "../../core/contract/ids.ts";
import { DONE, type Done, failure, type Outcome } from "../../core/contract/outcome.ts";
import type { Log, Timer, Timers } from "../../core/contract/ports.ts";
import { doubledWait } from "../../core/kit/doubled_wait.ts";
import type { DnsClient } from "./dns_client.ts";

const FIRST_DELAY = 1000;
const LAST_DELAY = 60_000;
/** How often it is tried to take a record back. */
const REMOVALS = 4;
/** Milliseconds after which who takes a name back is answered, whatever the DNS does: the IRMd waits for 500 ms. */
const UNREGISTER_WITHIN = 300;

/** A name, and what the DNS has of it. */
interface Entry {
  readonly hash: NameHash;
  /** It is registered here. */
  wanted: boolean;
  /** `unsure`: an update was sent, and no answer came. */
  state: "absent" | "unsure" | "present";
  zone: string | undefined;
  busy: boolean;
  failures: number;
  retry: Timer | undefined;
  /** Called after the next attempt. */
  waiting: Done[];
  /** Calls those who wait before that. */
  patience: Timer | undefined;
}

/** The names of this IPCP in the DNS. */
export class DnsRegistrar {
  readonly #entries = new Map<NameHash, Entry>();
  #over = false;

  constructor(private readonly dns: DnsClient, private readonly timers: Timers, private readonly log: Log) {}

  /** Names that the DNS should have, or should no longer have, and that are not known to be as they should. */
  get pending(): number {
    return [...this.#entries.values()].filter((entry) => !settled(entry)).length;
  }

  /** Adds a name; it is not registered when the DNS does not take it. */
  register(hash: NameHash, done: Done): void {
    this.#want(hash, true, done);
  }

  /** Takes a name back. `done` is called soon in any case; when the attempt fails, a line in the log says so and some more follow. */
  unregister(hash: NameHash, done: Done): void {
    const entry = this.#want(hash, false, done);
    if (entry.waiting.length === 0) return;
    entry.patience ??= this.timers.after(UNREGISTER_WITHIN, () => this.#tell(entry));
  }

  /** Takes everything back, as well as it can be done without waiting. */
  shutdown(): void {
    this.#over = true;
    for (const { hash, zone, state, retry, patience } of this.#entries.values()) {
      retry?.cancel();
      patience?.cancel();
      if (state !== "absent" && zone !== undefined) this.dns.remove(hash, zone, () => {});
    }
    this.#entries.clear();
  }

  #want(hash: NameHash, wanted: boolean, done: Done): Entry {
    const entry = this.#entries.get(hash) ?? newEntry(hash);
    this.#entries.set(hash, entry);
    if (entry.wanted !== wanted) entry.failures = 0;
    entry.wanted = wanted;
    entry.waiting.push(done);
    this.#step(entry);
    return entry;
  }

  /** Does what is to be done for a name, one thing at a time. */
  #step(entry: Entry): void {
    if (entry.busy || this.#over) return;
    entry.retry?.cancel();
    entry.retry = undefined;
    if (settled(entry)) return this.#finish(entry);
    entry.busy = true;
    const wanted = entry.wanted;
    this.#attempt(entry, (outcome) => {
      entry.busy = false;
      if (this.#over) return this.#tell(entry);
      if (outcome.ok) entry.failures = 0;
      else if (entry.wanted === wanted) return this.#failed(entry, outcome.error);
      this.#step(entry);
    });
  }

  #attempt(entry: Entry, done: Done): void {
    const { hash, zone } = entry;
    if (zone === undefined) {
      return this.dns.zone(hash, (outcome) => {
        if (!outcome.ok || this.#over) return done(outcome.ok ? DONE : outcome);
        entry.zone = outcome.value;
        this.#attempt(entry, done);
      });
    }
    const { wanted } = entry;
    entry.state = "unsure";
    const answered: Done = (outcome) => {
      // A server that was set up anew may have other zones.
      if (outcome.ok) entry.state = wanted ? "present" : "absent";
      else entry.zone = undefined;
      done(outcome);
    };
    if (wanted) this.dns.add(hash, zone, answered);
    else this.dns.remove(hash, zone, answered);
  }

  #failed(entry: Entry, error: OuroError): void {
    const { message } = error;
    const name = shortHash(entry.hash);
    if (entry.wanted) {
      this.log.warning(`Could not add ${name} in the DNS: ${message}.`);
      entry.wanted = false;
      this.#tell(entry, failure(error));
      // An answer may have been lost.
      return this.#step(entry);
    }
    entry.failures++;
    if (entry.failures === REMOVALS) {
      this.log.warning(`Could not remove ${name} in the DNS: ${message}. It stays there.`);
      this.#entries.delete(entry.hash);
    } else {
      const delay = doubledWait(FIRST_DELAY, LAST_DELAY, entry.failures - 1);
      this.log.warning(
        `Could not remove ${name} in the DNS: ${message}. Next attempt in ${delay / 1000} s.`,
      );
      entry.retry = this.timers.after(delay, () => this.#step(entry));
    }
    this.#tell(entry);
  }

  #finish(entry: Entry): void {
    if (!entry.wanted) this.#entries.delete(entry.hash);
    this.#tell(entry);
  }

  #tell(entry: Entry, outcome: Outcome<void> = DONE): void {
    entry.patience?.cancel();
    entry.patience = undefined;
    for (const done of entry.waiting.splice(0)) done(outcome);
  }
}

const settled = ({ wanted, state }: Entry): boolean => state === (wanted ? "present" : "absent");

const newEntry = (hash: NameHash): Entry => ({
  hash,
  wanted: false,
  state: "absent",
  zone: undefined,
  busy: false,
  failures: 0,
  retry: undefined,
  waiting: [],
  patience: undefined,
});
