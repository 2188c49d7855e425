/**
 * Starts programs for names that nobody accepts flows for.
 *
 * @module
 */
import {
  asOuroError,
  ExhaustedError,
  NotFoundError,
  type OuroError,
  PermissionError,
} from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import { doubledWait } from "../../kit/doubled_wait.ts";
import type { Start } from "../tables/machine.ts";
import { programFile } from "../tables/programs.ts";
import type { State } from "../tables/state.ts";

/** Milliseconds from a start to the next one, when it came to nothing; doubled with each that follows. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;
/** Programs that run at a time for one name: each that a request finds busy may be one more. */
const MAX_INSTANCES = 1024;

/** Why a program serves nobody. */
export interface Trouble {
  /** In words, after "no process accepts flows; ". */
  readonly why: string;
  /** The same for those at other hosts, who need not know of files here. */
  readonly told: string;
}

/** A program that was started and has not ended. */
interface Program {
  readonly name: string;
  readonly start: Start;
  readonly at: number;
  /** It, or a process that it has started, has accepted. */
  accepted: boolean;
}

/** Starts that came to nothing, one after the other. */
interface Failures {
  readonly start: Start;
  readonly count: number;
  readonly trouble: Trouble;
  /** No start before this moment. */
  readonly until: number;
}

/** Starts programs, one at a time for each name. */
export class AutoStart {
  readonly #state: State;
  readonly #failed: (name: string, trouble: Trouble) => void;
  /** Names for which a program was started that has not accepted yet; its pid once it is known. */
  readonly #starting = new Map<string, Pid | undefined>();
  readonly #programs = new Map<Pid, Program>();
  readonly #failures = new Map<string, Failures>();
  #closed = false;

  /** @param failed called when no program comes for a name: who waits need not wait on */
  constructor(state: State, failed: (name: string, trouble: Trouble) => void) {
    this.#state = state;
    this.#failed = failed;
  }

  /** Returns the programs that were started and have not ended. */
  get running(): Iterable<Pid> {
    return this.#programs.keys();
  }

  /** Returns whether a program can be started for the name. */
  possible(name: string): boolean {
    return this.#state.programs.startFor(name) !== undefined;
  }

  /** Starts the newest program that is bound to the name, unless one is being started, or the last ones came to nothing a moment ago. */
  start(name: string): void {
    const start = this.#state.programs.startFor(name);
    if (!start || this.#starting.has(name)) return;
    const at = this.#state.ports.clock.now();
    const failures = this.#failuresOf(name, start);
    if (failures && at < failures.until) return this.#failed(name, pausing(failures, at));
    this.#starting.set(name, undefined);
    const done = (error: OuroError) => {
      this.#starting.delete(name);
      this.#logFailure(name, start, error);
      this.#count(name, start, at, {
        said: `cannot be started: ${error.message}`,
        told: "cannot be started",
      });
    };
    try {
      this.#checkInstances(name);
    } catch (thrown) {
      return done(asOuroError(thrown));
    }
    this.#state.host.startProgram(start, (outcome) => {
      if (!outcome.ok) return done(outcome.error);
      this.#starting.set(name, outcome.value);
      this.#programs.set(outcome.value, { name, start, at, accepted: false });
      this.#state.log.info(`Instantiated ${start.path} as process ${outcome.value}.`);
    });
  }

  /** Returns why nobody serves a name whose program is started when it is needed; undefined: no reason is known. */
  trouble(name: string): Trouble | undefined {
    const start = this.#state.programs.startFor(name);
    if (!start) return undefined;
    const now = this.#state.ports.clock.now();
    const pid = this.#starting.get(name);
    const program = pid === undefined ? undefined : this.#programs.get(pid);
    if (program) {
      const since = ((now - program.at) / 1000).toFixed(1);
      return inWords(program.start, `was started ${since} s ago and has not accepted a flow yet`);
    }
    const failures = this.#failuresOf(name, start);
    return failures && pausing(failures, now);
  }

  /** Returns the file of the program that was started here and is this process, or has started it. */
  fileOf(pid: Pid): string | undefined {
    const root = this.#rootOf(pid);
    const start = root === undefined ? undefined : this.#programs.get(root)?.start;
    return start && programFile(start.path, start.arguments);
  }

  /** Counts the program of a process that accepts flows as started. */
  accepted(pid: Pid): void {
    if (this.#starting.size === 0) return;
    const root = this.#rootOf(pid);
    const program = root === undefined ? undefined : this.#programs.get(root);
    if (!program || program.accepted) return;
    program.accepted = true;
    this.#failures.delete(program.name);
    if (this.#starting.get(program.name) === root) this.#starting.delete(program.name);
  }

  /** Takes the news that a child has ended, perhaps a program that was started here, with all that it has started. */
  exited(pid: Pid, status: number | string): void {
    const program = this.#programs.get(pid);
    if (!program) return;
    this.#programs.delete(pid);
    const { name, start, at, accepted } = program;
    if (this.#starting.get(name) === pid) this.#starting.delete(name);
    if (accepted || this.#closed) return;
    const how = typeof status === "number"
      ? `has ended with exit status ${status}`
      : `was ended by ${status}`;
    const words = `${how} before it accepted a flow`;
    this.#state.log.warning(`Program ${start.path} (process ${pid}), started for ${name}, ${words}.`);
    this.#count(name, start, at, { said: words, told: words });
  }

  /** What ends from now on was asked to. */
  close(): void {
    this.#closed = true;
  }

  #rootOf(pid: Pid): Pid | undefined {
    if (this.#programs.size === 0) return undefined;
    return this.#state.host.ancestryOf(pid).find((ancestor) => this.#programs.has(ancestor));
  }

  #failuresOf(name: string, start: Start): Failures | undefined {
    const failures = this.#failures.get(name);
    // A program that was bound meanwhile is not to blame for the one before.
    return failures?.start === start ? failures : undefined;
  }

  #count(name: string, start: Start, at: number, { said, told }: { said: string; told: string }): void {
    const count = (this.#failuresOf(name, start)?.count ?? 0) + 1;
    const until = at + doubledWait(FIRST_PAUSE, LONGEST_PAUSE, count - 1);
    const trouble = inWords(start, said, told);
    this.#failures.set(name, { start, count, trouble, until });
    this.#failed(name, trouble);
  }

  /** @throws ExhaustedError when too many run */
  #checkInstances(name: string): void {
    let count = 0;
    for (const program of this.#programs.values()) if (program.name === name) count++;
    if (count >= MAX_INSTANCES) throw new ExhaustedError(`${count} of them run, which is the limit`);
  }

  #logFailure(name: string, { path }: Start, error: OuroError): void {
    const { log } = this.#state;
    if (error instanceof NotFoundError) log.warning(`Program ${path} does not exist.`);
    else if (error instanceof PermissionError) log.warning(`Program ${path} is not executable.`);
    else log.warning(`Program ${path}: ${error.message}.`);
    log.error(`Could not start program for reg_entry ${name}.`);
  }
}

const inWords = ({ path }: Start, said: string, told = said): Trouble => ({
  why: `its program ${path} ${said}`,
  told: `its program ${told}`,
});

function pausing({ count, trouble: { why, told }, until }: Failures, now: number): Trouble {
  const wait = Math.max(0, until - now) / 1000;
  const more = `${count === 1 ? "" : `, ${count} times in a row`}; it is started again in ${
    wait.toFixed(1)
  } s at the earliest`;
  return { why: why + more, told: told + more };
}
