/**
 * Starts programs for names that nobody accepts flows for.
 *
 * @module
 */
import { NotFoundError, type OuroError, PermissionError } from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import type { Start } from "../tables/machine.ts";
import type { State } from "../tables/state.ts";

/** Starts programs, one at a time for each name. */
export class AutoStart {
  readonly #state: State;
  /** Names for which a program was started that has not accepted yet; its pid once it is known. */
  readonly #starting = new Map<string, Pid | undefined>();
  readonly #running = new Set<Pid>();

  constructor(state: State) {
    this.#state = state;
  }

  /** Returns the programs that were started and have not ended. */
  get running(): ReadonlySet<Pid> {
    return this.#running;
  }

  /** Returns whether a program can be started for the name. */
  possible(name: string): boolean {
    return this.#state.programs.startFor(name) !== undefined;
  }

  /** Starts the newest program that is bound to the name, unless one is being started. `failed` when that is not possible. */
  start(name: string, failed: (error: OuroError) => void): void {
    const start = this.#state.programs.startFor(name);
    if (!start || this.#starting.has(name)) return;
    this.#starting.set(name, undefined);
    this.#state.host.startProgram(start, (outcome) => {
      if (!outcome.ok) {
        this.#starting.delete(name);
        this.#logFailure(name, start, outcome.error);
        return failed(outcome.error);
      }
      this.#starting.set(name, outcome.value);
      this.#running.add(outcome.value);
      this.#state.log.info(`Instantiated ${start.path} as process ${outcome.value}.`);
    });
  }

  /** Counts a process that accepts flows as started. */
  accepted(pid: Pid): void {
    if (this.#starting.size > 0 && this.#running.has(pid)) this.#started(pid);
  }

  /** Takes the news that a child has ended, perhaps a program that was started here. */
  exited(pid: Pid): void {
    this.#started(pid);
    this.#running.delete(pid);
  }

  #started(pid: Pid): void {
    for (const [name, starting] of this.#starting) {
      if (starting === pid) this.#starting.delete(name);
    }
  }

  #logFailure(name: string, { path }: Start, error: OuroError): void {
    const { log } = this.#state;
    if (error instanceof NotFoundError) log.warning(`Program ${path} does not exist.`);
    else if (error instanceof PermissionError) log.warning(`Program ${path} is not executable.`);
    else log.warning(`Program ${path}: ${error.message}.`);
    log.error(`Could not start program for reg_entry ${name}.`);
  }
}
