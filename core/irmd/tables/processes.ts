/**
 * Processes that are connected, or bound to names, and what they are bound to. The kernel gives the number of a process that has
 * ended to another one: a process is known by its number, its start and its user.
 *
 * @module
 */
import type { Pid, Uid } from "../../contract/ids.ts";
import type { Session } from "./machine.ts";

/** Why a process accepts flows for a name: its program is bound, or it is itself. */
export type BindingOrigin = "program" | "process";

/** One process. */
export class Process {
  /** 0: it cannot be seen from here. */
  readonly pid: Pid;
  /** When it started; undefined where that is not known: then it is a process for itself. */
  readonly started: number | undefined;
  /** Undefined until it connects. */
  uid: Uid | undefined;
  /** Base name of its program; undefined until it connects. */
  program: string | undefined;
  /** File of the program that the IRMd has started and that is this process, or has started it. */
  startedAs: string | undefined;
  /** Whether it runs the files of programs, as far as that was looked at. */
  readonly runs = new Map<string, boolean>();
  /** Has it ever accepted? Tells servers from clients of the same program. */
  server = false;
  readonly sessions = new Set<Session>();
  /** The names that it accepts flows for, oldest binding first, and why. */
  readonly names = new Map<string, Set<BindingOrigin>>();

  constructor(pid: Pid, started: number | undefined) {
    this.pid = pid;
    this.started = started;
  }
}

/** All processes. */
export class ProcessTable {
  readonly #processes = new Set<Process>();
  readonly #byPid = new Map<Pid, Set<Process>>();
  readonly #bySession = new Map<Session, Process>();
  readonly #byName = new Map<string, Set<Process>>();

  /** Returns how many processes there are. */
  get size(): number {
    return this.#processes.size;
  }

  /** Returns the process with this id that started then. */
  get(pid: Pid, started: number | undefined): Process | undefined {
    return this.#find(pid, started, () => true);
  }

  /** Adds a process that has not connected. */
  add(pid: Pid, started: number | undefined): Process {
    const process = new Process(pid, started);
    this.#processes.add(process);
    const same = this.#byPid.get(pid);
    if (same) same.add(process);
    else this.#byPid.set(pid, new Set([process]));
    return process;
  }

  /** Adds a session to its process, which is new where it was not known. Sessions of different users are never of one process. */
  join(session: Session): Process {
    const { pid, started, uid } = session;
    const process = this.#find(pid, started, (one) => (one.uid ??= uid) === uid) ?? this.add(pid, started);
    process.uid = uid;
    process.sessions.add(session);
    this.#bySession.set(session, process);
    return process;
  }

  /** Takes a session from its process, which is returned. */
  leave(session: Session): Process | undefined {
    const process = this.#bySession.get(session);
    process?.sessions.delete(session);
    this.#bySession.delete(session);
    return process;
  }

  /** Returns the process of a session. */
  of(session: Session): Process | undefined {
    return this.#bySession.get(session);
  }

  /** Returns all processes. */
  values(): Iterable<Process> {
    return this.#processes;
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
    this.#processes.delete(process);
    const same = this.#byPid.get(process.pid);
    if (same?.delete(process) && same.size === 0) this.#byPid.delete(process.pid);
  }

  #find(pid: Pid, started: number | undefined, fits: (process: Process) => boolean): Process | undefined {
    if (started === undefined) return undefined;
    for (const process of this.#byPid.get(pid) ?? []) {
      if (process.started === started && fits(process)) return process;
    }
    return undefined;
  }

  #forget(process: Process, name: string): void {
    process.names.delete(name);
    const bound = this.#byName.get(name);
    bound?.delete(process);
    if (bound?.size === 0) this.#byName.delete(name);
  }
}
