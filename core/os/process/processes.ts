/**
 * What the kernel says of the processes of this machine.
 *
 * @module
 */
import { type Pid, pid, type Uid, uid } from "../../contract/ids.ts";
import { runtimeError } from "../c/errno.ts";
import { processIsThere } from "../c/libc.ts";

/** What /proc says of a process. */
export interface ProcessFacts {
  /** One letter: R running, S sleeping, Z zombie, … */
  readonly state: string;
  /** When it started, in clock ticks since the machine did. With the pid it names a process for ever. */
  readonly startTime: number;
  /** Who has started it, or has taken it over; 0: nobody here. */
  readonly parent: number;
  /** The process that has begun its session, which may be gone. */
  readonly session: number;
}

/**
 * Reads the line of /proc/PID/stat (proc_pid_stat(5)); undefined when it is no such line.
 *
 * @example
 * ```ts
 * import { parseStat } from "./processes.ts";
 * import assert from "node:assert/strict";
 * const line = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 123 0";
 * assert.deepEqual(parseStat(line), { state: "S", startTime: 123, parent: 1, session: 7 });
 * ```
 */
export function parseStat(line: string): ProcessFacts | undefined {
  // The name of the program may hold spaces and brackets: fields are counted from the last one.
  const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
  const startTime = Number(fields[19]);
  return /^[A-Za-z]$/.test(fields[0]) && Number.isInteger(startTime)
    ? { state: fields[0], startTime, parent: Number(fields[1]), session: Number(fields[3]) }
    : undefined;
}

/** The kernel gives no higher ones (proc(5), `pid_max`). */
const MAX_PID = 2 ** 22;

function read(pid: Pid, file: string): string | undefined {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`);
  } catch {
    return undefined;
  }
}

function facts(pid: Pid): ProcessFacts | undefined {
  const line = read(pid, "stat");
  return line === undefined ? undefined : parseStat(line);
}

/**
 * Returns when the live process of that id started, in clock ticks since the machine did; undefined when there is none. One that
 * has ended and was not waited for yet (a zombie) is none.
 */
export function liveSince(pid: Pid): number | undefined {
  if (!Number.isInteger(pid) || pid <= 0 || pid > MAX_PID) return undefined;
  const known = facts(pid);
  if (known) return known.state !== "Z" && known.state !== "X" ? known.startTime : undefined;
  // Processes of others may be hidden in /proc.
  return processIsThere(pid) ? 0 : undefined;
}

/** Returns the effective user of a process; undefined when it is gone or hidden. */
export function processUid(pid: Pid): Uid | undefined {
  const effective = /^Uid:\s+\d+\s+(\d+)/m.exec(read(pid, "status") ?? "")?.[1];
  return effective === undefined ? undefined : uid(Number(effective));
}

/** Returns when a process started, in clock ticks since the machine did; undefined when it is gone or hidden. */
export function processStartTime(pid: Pid): number | undefined {
  return facts(pid)?.startTime;
}

/** Processes that are looked at between one and the first of all. */
const MAX_ANCESTORS = 64;

/** Returns a process, its session, and the processes that have started it, with their sessions, as far as /proc tells. */
export function ancestryOf(of: Pid): Pid[] {
  const found = new Set<Pid>([of]);
  let at = facts(of);
  for (let count = 0; at && count < MAX_ANCESTORS; count++) {
    if (at.session > 0) found.add(pid(at.session));
    if (at.parent <= 1) break;
    found.add(pid(at.parent));
    at = facts(pid(at.parent));
  }
  return [...found];
}

/**
 * Returns the live processes that come from one: itself, those that it has started, those of the sessions that these have begun,
 * and so on. Those of its own session are found also when it is gone.
 */
export function processTree(root: Pid): Pid[] {
  const all = [...Deno.readDirSync("/proc")].flatMap(({ name }) => {
    const known = /^\d+$/.test(name) ? facts(pid(Number(name))) : undefined;
    return known && known.state !== "Z" ? [{ ...known, id: pid(Number(name)) }] : [];
  });
  const members = new Set<number>([root]);
  for (let before = 0; before < members.size;) {
    before = members.size;
    for (const { id, parent, session } of all) {
      if (members.has(parent) || members.has(session)) members.add(id);
    }
  }
  return all.filter(({ id }) => members.has(id)).map(({ id }) => id);
}

/** Sends a signal to processes. Those that have ended meanwhile, or that this user may not end, are passed over. */
export function signalAll(processes: readonly Pid[], signal: Deno.Signal): void {
  for (const one of processes) {
    try {
      Deno.kill(one, signal);
    } catch (thrown) {
      const passed = thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.PermissionDenied;
      if (!passed) throw runtimeError(thrown, `cannot send ${signal} to process ${one}`);
    }
  }
}

/** Returns how many files this process may have open (getrlimit(2), `RLIMIT_NOFILE`). */
export function openFilesLimit(): number {
  const found = /^Max open files\s+(\d+)/m.exec(Deno.readTextFileSync("/proc/self/limits"));
  return found ? Number(found[1]) : Infinity;
}
