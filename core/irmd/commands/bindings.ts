/**
 * Which programs and processes accept flows for which names: `bind.…` and `unbind.…`.
 *
 * @module
 */
import { ExistsError, InvalidError, NotFoundError } from "../../contract/errors.ts";
import { type Pid, pid } from "../../contract/ids.ts";
import type { Timer } from "../../contract/ports.ts";
import { type Fields, flag, integer, list, name, optional, text } from "../../wire/local/fields.ts";
import type { Incoming } from "../flows/incoming.ts";
import type { Start } from "../tables/machine.ts";
import type { BindingOrigin, Process } from "../tables/processes.ts";
import { baseName, type ProgramBinding, programFile } from "../tables/programs.ts";
import type { State } from "../tables/state.ts";
import { atOnce, type Commands } from "./command.ts";

const MAX_PATH_BYTES = 4095;
const MAX_ARGUMENTS = 256;
const MAX_USERS = 64;
/** The largest pid of Linux (`PID_MAX_LIMIT`). */
const MAX_PID = 4_194_304;
/** A process that is bound but not connected has no connection whose end would tell of its death: it is looked for. */
const LOOK_INTERVAL = 1000;

/** Makes bindings and takes them back. */
export class Bindings {
  readonly #state: State;
  readonly #incoming: Incoming;
  #look: Timer | undefined;

  constructor(state: State, incoming: Incoming) {
    this.#state = state;
    this.#incoming = incoming;
  }

  /**
   * Gives a process that has connected for the first time the names of its program.
   *
   * @param started the file of the program that the IRMd has started and that is this process, or has started it, whatever it calls itself
   */
  announced(process: Process, program: string, started?: string): void {
    process.program = program;
    process.startedAs = started;
    for (const binding of this.#state.programs.bindings()) {
      if (this.#isOf(process, binding)) this.#inherit(process, binding.name);
    }
  }

  /**
   * Binds a program to a name; its processes inherit the name, also those that run already.
   *
   * @param startable whether the IRMd may start the program
   * @param others users whose processes of it count, too, beside those of who has bound it and of root
   * @throws ExistsError
   * @throws NotFoundError when the system does not know a user
   */
  bindProgram(name: string, start: Start, startable: boolean, others: readonly string[] = []): void {
    const { programs, processes, log } = this.#state;
    const base = baseName(start.path);
    const users = new Set([0, start.uid, ...others.map((user) => this.#userId(user))]);
    const file = programFile(start.path, start.arguments);
    const binding = { name, file, users, bound: start, start: startable ? start : undefined };
    programs.bind(base, binding);
    log.info(`Bound program ${start.path} to name ${name}.`);
    for (const process of processes.values()) if (this.#isOf(process, binding)) this.#inherit(process, name);
  }

  /** Takes one binding of a program back, or all; its processes lose what they inherited. @throws NotFoundError */
  unbindProgram(program: string, name: string | undefined): void {
    const { programs, processes, log } = this.#state;
    const base = baseName(program);
    for (const one of programs.unbind(base, name)) {
      for (const process of [...processes.boundTo(one.name)]) {
        if (this.#isOf(process, one)) this.#lose(process, one.name, "program");
      }
    }
    log.info(`All names matching ${name ?? "*"} unbound for ${base}.`);
  }

  /**
   * Binds a process to a name.
   *
   * @param again it was bound before for the same purpose, which is logged already
   * @throws NotFoundError when there is no such process
   * @throws ExistsError when it is bound already
   */
  bindProcess(pid: Pid, name: string, again = false): void {
    const { processes, host, log } = this.#state;
    const started = host.startTime(pid);
    if (started === undefined) {
      log.error(`Process ${pid} does not exist.`);
      throw new NotFoundError(`there is no process ${pid}`);
    }
    const process = processes.get(pid, started) ?? processes.add(pid, started);
    if (process.names.get(name)?.has("process")) {
      throw new ExistsError(`the process ${pid} is bound to "${name}" already`);
    }
    const fresh = processes.bind(process, name, "process");
    if (!again) log.info(`Bound process ${pid} to name ${name}.`);
    if (fresh) this.#incoming.bound(process, name);
    if (process.sessions.size === 0) this.#watch();
  }

  /** Takes one binding of a process back, or all. @throws NotFoundError when there is none */
  unbindProcess(pid: Pid, name: string | undefined, again = false): void {
    const process = this.process(pid);
    const names = [...process?.names.keys() ?? []].filter((one) => name === undefined || one === name);
    if (!process || names.length === 0) {
      throw new NotFoundError(
        `the process ${pid} is not bound to ${name === undefined ? "any name" : `"${name}"`}`,
      );
    }
    for (const one of names) this.#lose(process, one);
    if (!again) this.#state.log.info(`All names matching ${name ?? "*"} unbound for ${pid}.`);
    this.#forgetUnused(process);
  }

  /** Returns the process that has this pid now. */
  process(pid: Pid): Process | undefined {
    return this.#state.processes.get(pid, this.#state.host.startTime(pid));
  }

  /** Takes the news that the last connection of a process has ended. What it is bound to by itself stays while it lives. */
  disconnected(process: Process): void {
    process.program = undefined;
    process.startedAs = undefined;
    process.runs.clear();
    process.server = false;
    for (const name of [...process.names.keys()]) this.#lose(process, name, "program");
    if (process.names.size > 0 && this.#lives(process)) this.#watch();
    else this.#bury(process);
  }

  /** Stops looking for the dead. */
  close(): void {
    this.#look?.cancel();
    this.#look = undefined;
  }

  /**
   * Returns whether a process is an instance of a bound program: run by one of its users, and running that file. The name
   * that it gives itself counts only where the kernel keeps no trace of the file, as of a script that hands over with exec.
   */
  #isOf(process: Process, { file, users }: ProgramBinding): boolean {
    const { pid, uid, program, startedAs, runs } = process;
    if (program === undefined) return false;
    if (startedAs === file) return true;
    if (uid === undefined || !users.has(uid)) return false;
    // An IPCP runs the file of this program, or of the runtime, and takes other flows than any program that is bound to names by that.
    if (isIpcp(process)) return program === baseName(file);
    let found = runs.get(file);
    if (found === undefined) {
      found = this.#state.host.runsFile(pid, file) ?? program === baseName(file);
      runs.set(file, found);
    }
    return found;
  }

  /** Returns the number of a user, who may be named by it. @throws NotFoundError */
  #userId(user: string): number {
    const number = /^\d{1,10}$/.test(user) ? Number(user) : this.#state.host.userId(user);
    if (number === undefined) throw new NotFoundError(`there is no user "${user}" on this host`);
    return number;
  }

  #inherit(process: Process, name: string): void {
    if (this.#state.processes.bind(process, name, "program")) this.#incoming.bound(process, name);
    this.#state.log.debug(
      `Process ${process.pid} inherits name ${name} from program ${process.program}.`,
    );
  }

  #lose(process: Process, name: string, origin?: BindingOrigin): void {
    const { processes, accepts } = this.#state;
    if (processes.unbind(process, name, origin)) accepts.unbound(process, name);
  }

  #lives({ pid, started }: Process): boolean {
    return started !== undefined && this.#state.host.startTime(pid) === started;
  }

  #bury(process: Process): void {
    this.#state.log.debug(`Dead process removed: ${process.pid}.`);
    this.#state.processes.remove(process);
  }

  #forgetUnused(process: Process): void {
    if (process.sessions.size === 0 && process.names.size === 0) this.#state.processes.remove(process);
  }

  #watch(): void {
    this.#look ??= this.#state.ports.timers.after(LOOK_INTERVAL, () => this.#lookForDead());
  }

  #lookForDead(): void {
    this.#look = undefined;
    let unconnected = 0;
    for (const process of [...this.#state.processes.values()]) {
      if (process.sessions.size > 0) continue;
      if (this.#lives(process)) unconnected++;
      else this.#bury(process);
    }
    if (unconnected > 0) this.#watch();
  }
}

/** Returns the commands that bind and unbind. */
export function bindingCommands(state: State, bindings: Bindings): Commands {
  const ipcpPid = (params: Fields) => state.ipcps.get(name(params, "ipcp")).connection().pid;
  const bind = (pidIn: (params: Fields) => Pid) =>
    atOnce((params) => {
      const wanted = name(params, "name");
      bindings.bindProcess(pidIn(params), wanted);
    });
  const unbind = (pidIn: (params: Fields) => Pid) =>
    atOnce((params) => bindings.unbindProcess(pidIn(params), optional(params, "name", name)));
  return {
    "bind.program": atOnce((params, { uid, gid }) => {
      const wanted = name(params, "name");
      const path = text(params, "program", MAX_PATH_BYTES);
      if (!path.startsWith("/") || baseName(path) === "") {
        throw new InvalidError(`program must be the absolute path of a file; it is "${path}"`);
      }
      const auto = optional(params, "auto", flag) ?? false;
      const words = optional(params, "arguments", (from, key) => list(from, key, MAX_ARGUMENTS, argument)) ??
        [];
      const users = optional(params, "users", (from, key) => list(from, key, MAX_USERS, name)) ?? [];
      bindings.bindProgram(wanted, { path, arguments: words, uid, gid }, auto, users);
    }),
    "unbind.program": atOnce((params) =>
      bindings.unbindProgram(text(params, "program", MAX_PATH_BYTES), optional(params, "name", name))
    ),
    "bind.process": bind(readPid),
    "unbind.process": unbind(readPid),
    "bind.ipcp": bind(ipcpPid),
    "unbind.ipcp": unbind(ipcpPid),
  };
}

const isIpcp = ({ sessions }: Process): boolean => [...sessions].some(({ role }) => role === "ipcp");

const readPid = (params: Fields) => pid(integer(params, "pid", 1, MAX_PID));

function argument(from: Fields, key: string): string {
  const word = text(from, key, MAX_PATH_BYTES);
  if (word.includes("\0")) throw new InvalidError(`${key} must not contain a zero byte`);
  return word;
}
