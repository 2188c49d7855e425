/**
 * Processes that are connected, or bound to names, and what they are bound to.
 *
 * @module
 */
import type { Pid } from "../../contract/ids.ts";
import type { Session } from "./machine.ts";

/** Why a process accepts flows for a name: its program is bound, or it is itself. */
export type BindingOrigin = "program" | "process";

/** One process. */
export class Process {
  readonly pid: Pid;
  /** Base name of its program; undefined until it connects. */
  program: string | undefined;
  /** Base names of the programs that it is an instance of: its own, and the one that the IRMd has started it as. */
  readonly programs = new Set<string>();
  /** Has it ever accepted? Tells servers from clients of the same program. */
  server = false;
  readonly sessions = new Set<Session>();
  /** The names that it accepts flows for, oldest binding first, and why. */
  readonly names = new Map<string, Set<BindingOrigin>>();

  constructor(pid: Pid) {
    this.pid = pid;
  }
}

/** All processes. */
export class ProcessTable {
  readonly #processes = new Map<Pid, Process>();
  readonly #byName = new Map<string, Set<Process>>();

  /** Returns how many processes there are. */
  get size(): number {
    return this.#processes.size;
  }

  /** Returns the process with this id. */
  get(pid: Pid): Process | undefined {
    return this.#processes.get(pid);
  }

  /** Returns the process with this id, which is new where it was not known. */
  ensure(pid: Pid): Process {
    let process = this.#processes.get(pid);
    if (!process) this.#processes.set(pid, process = new Process(pid));
    return process;
  }

  /** Returns all processes. */
  values(): Iterable<Process> {
    return this.#processes.values();
  }

  /** Returns the processes that are bound to a name. */
  boundTo(name: string): Iterable<Process> {
    return this.#byName.get(name) ?? [];
  }

  /** Binds a process to a name. @returns whether the process was not bound to the name before */
  bind(process: Process, name: string, origin: BindingOrigin): boolean {
    const origins = process.names.get(name);
    if (origins) {
      origins.add(origin);
      return false;
    }
    process.names.set(name, new Set([origin]));
    let bound = this.#byName.get(name);
    if (!bound) this.#byName.set(name, bound = new Set());
    bound.add(process);
    return true;
  }

  /**
   * Takes a binding back.
   *
   * @param origin why it was made; left out: whatever the reason
   * @returns whether the process was bound to the name and is not any more
   */
  unbind(process: Process, name: string, origin?: BindingOrigin): boolean {
    const origins = process.names.get(name);
    if (!origins) return false;
    if (origin !== undefined && (!origins.delete(origin) || origins.size > 0)) return false;
    this.#forget(process, name);
    return true;
  }

  /** Forgets a process and its bindings. */
  remove(process: Process): void {
    for (const name of [...process.names.keys()]) this.#forget(process, name);
    this.#processes.delete(process.pid);
  }

  #forget(process: Process, name: string): void {
    process.names.delete(name);
    const bound = this.#byName.get(name);
    bound?.delete(process);
    if (bound?.size === 0) this.#byName.delete(name);
  }
}
