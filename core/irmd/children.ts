/**
 * The processes that the IRMd starts: IPCPs, and programs bound with `auto`.
 *
 * @module
 */
import { asOuroError } from "../contract/errors.ts";
import { type Pid, pid } from "../contract/ids.ts";
import { failure, success } from "../contract/outcome.ts";
import { processExists } from "../os/process/processes.ts";
import { type Child, spawnSelf, startProgram } from "../os/process/spawn.ts";
import type { RuntimeFolder } from "../os/unix/runtime_folder.ts";
import type { Machine } from "./tables/machine.ts";

/**
 * The young heap of an IPCP stays at 2 MB: its data path leaves little garbage, for which the runtime would let the process
 * grow by tens of megabytes.
 */
const IPCP_ENV = { DENO_V8_FLAGS: "--max-semi-space-size=1" };

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
      this.#start(() => startProgram(path, words, { uid, gid, runtimeFolder }), done);
    },
    terminate: (of) => void this.#running.get(of)?.kill("SIGTERM"),
    kill: (of) => void this.#running.get(of)?.kill("SIGKILL"),
    processExists,
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
      this.#exited(id, signal ?? code);
    });
    done(success(id));
  }
}
