/**
 * A private view of the file system for the processes of one host: its own hosts file, shared memory and runtime folder, in the
 * host's network namespace. Needs util-linux.
 *
 * @module
 */
import { ENTER_USER_NAMESPACE } from "../../core/testing/namespace.ts";
import { Process } from "./process.ts";

/** Makes the mounts, then waits until its input ends: so it does not outlive the test. */
const HOLD = `
mount -t tmpfs tmpfs /dev/shm && mount -t tmpfs -o mode=755 tmpfs /run && mount --bind "$0/hosts" /etc/hosts || exit 1
[ -z "$1" ] || mount --bind "$2" "$1" || exit 1
echo ready; exec cat
`;

/** A folder that stands in the place of another one. */
export interface Replacement {
  /** What is replaced. */
  readonly folder: string;
  /** What is seen there. */
  readonly by: string;
}

/** A mount namespace in a network namespace. */
export class Enclosure implements AsyncDisposable {
  readonly #folder: string;
  readonly #holder: Process;

  private constructor(folder: string, holder: Process) {
    this.#folder = folder;
    this.#holder = holder;
  }

  /** Makes one, given the words in front of a command that make it run in the network namespace. */
  static async make(within: readonly string[], replacement?: Replacement): Promise<Enclosure> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-host-" });
    await Deno.copyFile("/etc/hosts", `${folder}/hosts`);
    const unshare = ["unshare", "--mount", "--propagation", "private", "sh", "-c", HOLD, folder];
    const replaced = replacement ? [replacement.folder, replacement.by] : [];
    const holder = new Process([...within, ...unshare, ...replaced], { keepInput: true });
    const made = new Enclosure(folder, holder);
    try {
      await holder.waitFor(/^ready$/);
    } catch (thrown) {
      await made[Symbol.asyncDispose]();
      throw thrown;
    }
    return made;
  }

  /** Words in front of a command that make it run in here. The process id is then that of the command. */
  get within(): readonly string[] {
    return ["nsenter", "-t", `${this.#holder.pid}`, ...ENTER_USER_NAMESPACE, "-n", "-m"];
  }

  /** Adds a line to the hosts file. */
  async knows(address: string, name: string): Promise<void> {
    await Deno.writeTextFile(`${this.#folder}/hosts`, `${address} ${name}\n`, { append: true });
  }

  /** Process ids of all that run in here. */
  async processes(): Promise<number[]> {
    const own = await namespaceOf(this.#holder.pid);
    const found: number[] = [];
    for await (const { name } of Deno.readDir("/proc")) {
      const pid = Number(name);
      if (pid > 0 && own !== undefined && await namespaceOf(pid) === own) found.push(pid);
    }
    return found;
  }

  /** Kills all that run in here, without warning, and removes the rest. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (await namespaceOf(this.#holder.pid) !== await namespaceOf(Deno.pid)) {
      for (const pid of await this.processes()) kill(pid);
    }
    await this.#holder[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

async function namespaceOf(pid: number): Promise<string | undefined> {
  try {
    return await Deno.readLink(`/proc/${pid}/ns/mnt`);
  } catch {
    // It has ended.
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}
