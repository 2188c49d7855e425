/**
 * A directory policy under guard: each question is answered, once, with addresses or an error.
 *
 * @module
 */
import type { Address, NameHash } from "../../contract/ids.ts";
import { OuroError } from "../../contract/errors.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Directory, DirectoryContext } from "../../contract/policies/directory.ts";
import type { Stats } from "../../contract/stats.ts";
import { plainStats } from "./describe.ts";
import { guardedTimers } from "./guarded_timers.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

const MAX_ADDRESS = 0xffff_ffff;

/** Returns what the policy is made with. */
export const guardedDirectoryContext = (
  context: DirectoryContext,
  plugin: GuardedPlugin,
): DirectoryContext => ({ ...context, timers: guardedTimers(context.timers, plugin) });

/** Guards a policy. */
export class GuardedDirectory implements Directory {
  constructor(private readonly policy: Directory, private readonly plugin: GuardedPlugin) {}

  register(hash: NameHash, done: Done): void {
    this.#ask("register", (answer) => this.policy.register(hash, answer), done, () => true);
  }

  unregister(hash: NameHash, done: Done): void {
    this.#ask("unregister", (answer) => this.policy.unregister(hash, answer), done, () => true);
  }

  query(hash: NameHash, done: Done<readonly Address[]>): void {
    const answer: Done<readonly Address[]> = (outcome) =>
      done(outcome.ok ? success([...outcome.value]) : outcome);
    this.#ask("query", (answer) => this.policy.query(hash, answer), answer, areAddresses);
  }

  receive(message: Uint8Array): void {
    this.plugin.tell("receive", () => this.policy.receive(message));
  }

  routesChanged(): void {
    this.plugin.tell("routesChanged", () => this.policy.routesChanged());
  }

  stats(): Stats {
    return this.plugin.call("stats", () => this.policy.stats(), {}, plainStats);
  }

  shutdown(): void {
    this.plugin.tell("shutdown", () => this.policy.shutdown());
  }

  #ask<T>(
    hook: string,
    ask: (answer: Done<T>) => void,
    done: Done<T>,
    valid: (value: unknown) => boolean,
  ): void {
    const { plugin } = this;
    let answered = false;
    const answer = (outcome: Outcome<T>): void => {
      if (answered) return;
      answered = true;
      if (isOutcome(outcome) && (!outcome.ok || valid(outcome.value))) return done(outcome);
      plugin.wrong(hook, outcome);
      done(failure(plugin.error(hook)));
    };
    if (plugin.tell(hook, () => ask(answer)) || answered) return;
    answered = true;
    done(failure(plugin.error(hook)));
  }
}

const isOutcome = (value: unknown): boolean =>
  typeof value === "object" && value !== null &&
  (Reflect.get(value, "ok") === true || Reflect.get(value, "error") instanceof OuroError);

const areAddresses = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((one: unknown) =>
    typeof one === "number" && Number.isInteger(one) && one > 0 && one <= MAX_ADDRESS
  );
