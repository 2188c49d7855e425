/**
 * The processes that the IRMd starts: IPCPs, and programs bound with `auto`.
 *
 * @module
 */
import { asOuroError } from "../contract/errors.ts";
import { type Pid, pid } from "../contract/ids.ts";
import { failure, success } from "../contract/outcome.ts";
import { userId } from "../os/c/libc.ts";
import { backgroundTimers } from "../os/clock.ts";
import { ancestryOf, liveSince, processTree, signalAll } from "../os/process/processes.ts";
import { runsFile } from "../os/process/running_file.ts";
import { type Child, spawnSelf, startProgram } from "../os/process/spawn.ts";
import type { RuntimeFolder } from "../os/unix/runtime_folder.ts";
import type { Machine } from "./tables/machine.ts";

/**
 * The young heap of an IPCP stays at 2 MB: its data path leaves little garbage, for which the runtime would let the process
 * grow by tens of megabytes.
 */
const IPCP_ENV = { DENO_V8_FLAGS: "--max-semi-space-size=1" };

/** What outlives a program that has failed is killed after this many milliseconds; it is looked for so often, at least. */
const KILL_AFTER = 1000;
const FIRST_LOOK = 20;

/** What IPCPs are started with. */
export interface ChildSettings {
  /** Where IPCPs and programs find the IRMd. */
  readonly folder: RuntimeFolder;
  /** IPCPs write their log lines to this process's standard output. */
  readonly stdout: boolean;
  /** Files of third parties' plugins. */
  readonly plugins: readonly string[];
}

/** Starts and ends processes for the IRMd. */
export class Children {
  readonly #settings: ChildSettings;
  readonly #exited: (pid: Pid, status: number | string) => void;
  readonly #running = new Map<Pid, Child>();
  /** Those that are no IPCPs: they may have started others, which end with them. */
  readonly #programs = new Set<Pid>();

  /** @param exited called once for each process started here, when it has ended */
  constructor(settings: ChildSettings, exited: (pid: Pid, status: number | string) => void) {
    this.#settings = settings;
    this.#exited = exited;
  }

  /** The part of the host that is about processes. */
  readonly host: Machine = {
    startIpcp: (type, name, done) => {
      const { folder, stdout, plugins } = this.#settings;
      const words = [type, "--name", name, "--admin", folder.adminSocket, ...stdout ? ["--stdout"] : []];
      for (const file of plugins) words.push("--plugin", file);
      this.#start(
        () =>
          spawnSelf("ipcpd", words, {
            stdout: stdout ? "inherit" : "null",
            stderr: "inherit",
            env: IPCP_ENV,
          }),
        done,
      );
    },
    startProgram: ({ path, arguments: words, uid, gid }, done) => {
      const runtimeFolder = this.#settings.folder.path;
      this.#start(() => startProgram(path, words, { uid, gid, runtimeFolder }), (outcome) => {
        if (outcome.ok) this.#programs.add(outcome.value);
        done(outcome);
      });
    },
    terminate: (of) => this.#signal(of, "SIGTERM"),
    kill: (of) => this.#signal(of, "SIGKILL"),
    ancestryOf,
    startTime: liveSince,
    runsFile,
    userId,
  };

  #start(start: () => Child, done: Parameters<Machine["startIpcp"]>[2]): void {
    let child: Child;
    try {
      child = start();
    } catch (thrown) {
      return done(failure(asOuroError(thrown)));
    }
    const id = pid(child.pid);
    this.#running.set(id, child);
    child.exited.then(({ code, signal }) => {
      this.#running.delete(id);
      if (this.#programs.has(id)) this.#programEnded(id, signal ?? code);
      else this.#exited(id, signal ?? code);
    });
    done(success(id));
  }

  #signal(of: Pid, signal: "SIGTERM" | "SIGKILL"): void {
    if (this.#programs.has(of)) signalAll(this.#left(of), signal);
    else this.#running.get(of)?.kill(signal);
  }

  /** Returns what there is of a program and of all that it has started. */
  #left(program: Pid): Pid[] {
    const tree = processTree(program);
    // When the last process of its session has ended, another program may get its number.
    return !this.#running.has(program) && tree.includes(program) ? [] : tree;
  }

  /** A program that has failed leaves nothing behind; one that ends well may leave another process at work. */
  #programEnded(id: Pid, status: number | string, looked = 0): void {
    const left = this.#left(id);
    if (left.length === 0) {
      this.#programs.delete(id);
      return this.#exited(id, status);
    }
    if (status !== 0 && looked === 0) signalAll(left, "SIGTERM");
    if (status !== 0 && looked > KILL_AFTER) signalAll(left, "SIGKILL");
    const wait = Math.min(Math.max(looked, FIRST_LOOK), KILL_AFTER);
    backgroundTimers.after(wait, () => this.#programEnded(id, status, looked + wait));
  }
}
