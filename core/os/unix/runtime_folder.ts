/**
 * The folder in which the processes of one IRMd meet: where it is, what is in it (docs/local-protocol.md §1).
 *
 * @module
 */
import { InvalidError, NotFoundError, type OuroError, PermissionError } from "../../contract/errors.ts";
import { MAX_SOCKET_PATH, pathBytes } from "./socket_path.ts";

/** Members of this group may command the IRMd, besides root and the user who runs it. */
export const ADMIN_GROUP = "ouroboros";
/** Length of the name of a data socket: eight random bytes in hexadecimal. */
export const DATA_SOCKET_NAME = 16;
/** Longest path of the folder, in bytes: the path of a data socket must fit. */
export const MAX_RUNTIME_FOLDER = MAX_SOCKET_PATH - "/flows/".length - DATA_SOCKET_NAME;
/** All may put sockets into the folder of the data sockets, only the IRMd may see what is there. */
const FLOWS_MODE = 0o1733;

/** The surroundings that say where the folder is. */
export interface Surroundings {
  /** Value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  readonly uid: number | null;
}

/** The folder of the IRMd of the whole system. */
const SYSTEM_FOLDER = "/run/ouroboros";

const here: Surroundings = { env: (name) => Deno.env.get(name), uid: Deno.uid() };

/** A runtime folder; it need not exist. */
export class RuntimeFolder {
  /** Absolute path. */
  readonly path: string;

  /** @throws InvalidError when the path is not absolute, or so long that a socket in the folder could not be reached */
  constructor(path: string) {
    if (!path.startsWith("/")) {
      throw new InvalidError(`the runtime folder must be an absolute path: "${path}"`);
    }
    this.path = path.replace(/\/+$/, "") || "/";
    const bytes = pathBytes(this.path);
    if (bytes > MAX_RUNTIME_FOLDER) {
      throw new InvalidError(
        `the path of the runtime folder has at most ${MAX_RUNTIME_FOLDER} bytes; this one has ${bytes}: ` +
          `${this.path}; set OURO_RUNTIME_DIR to a shorter one`,
      );
    }
  }

  /**
   * The folder of this process: `OURO_RUNTIME_DIR`, else `/run/ouroboros` for root, else `ouroboros` in
   * `XDG_RUNTIME_DIR`. An empty variable counts as not set.
   *
   * @throws InvalidError when none of them says where, or the path cannot be used
   *
   * @example
   * ```ts
   * import { RuntimeFolder } from "./runtime_folder.ts";
   * import assert from "node:assert/strict";
   * const folder = RuntimeFolder.find({ env: () => undefined, uid: 0 });
   * assert.equal(folder.adminSocket, "/run/ouroboros/admin.sock");
   * ```
   */
  static find(from: Surroundings = here): RuntimeFolder {
    const [folder] = own(from);
    if (folder) return folder;
    throw new InvalidError(
      "there is no runtime folder: neither OURO_RUNTIME_DIR nor XDG_RUNTIME_DIR is set; " +
        "set OURO_RUNTIME_DIR to a folder that you own, also for the programs that are to find this IRMd",
    );
  }

  /**
   * Where a client looks for an IRMd, in this order: in the folder of this process, then, unless `OURO_RUNTIME_DIR` says where,
   * in that of the whole system.
   *
   * @throws InvalidError when a path cannot be used
   */
  static search(from: Surroundings = here): RuntimeFolder[] {
    const folders = own(from);
    if (from.env("OURO_RUNTIME_DIR") || from.uid === 0) return folders;
    return [...folders, new RuntimeFolder(SYSTEM_FOLDER)];
  }

  /** Locked while an IRMd runs. */
  get lock(): string {
    return `${this.path}/irmd.lock`;
  }
  /** Control socket for applications. */
  get irmdSocket(): string {
    return `${this.path}/irmd.sock`;
  }
  /** Control socket for `irm` and IPCPs. */
  get adminSocket(): string {
    return `${this.path}/admin.sock`;
  }
  /** File of the addresses that IPCPs had. */
  get addresses(): string {
    return `${this.path}/addresses.json`;
  }
  /** File of what was bound and registered by command. */
  get commands(): string {
    return `${this.path}/commands.json`;
  }
  /** Folder of the data sockets. */
  get flows(): string {
    return `${this.path}/flows`;
  }

  /**
   * Makes what is missing: the folder (mode 0755) and `flows/` (mode 1733). A folder that is there keeps its mode.
   *
   * @throws PermissionError when it cannot be made or written to, others may write to it, or `flows/` belongs to somebody else
   * @throws InvalidError when something else is in the way
   * @throws NotFoundError when the folder above it is not there
   */
  create(): void {
    makeFolder(this.path, 0o755, (path) => Deno.statSync(path));
    if (((Deno.statSync(this.path).mode ?? 0) & 0o002) !== 0) {
      throw new PermissionError(
        `everybody may write in the runtime folder ${this.path}, so that anybody could take the place of the IRMd; ` +
          `type: chmod o-w ${this.path}, or set OURO_RUNTIME_DIR to a folder that you own`,
      );
    }
    // Not through a link: what somebody else has put there must not be given this mode.
    makeFolder(this.flows, FLOWS_MODE, (path) => Deno.lstatSync(path));
    const { uid, mode } = Deno.lstatSync(this.flows);
    if (uid !== null && uid !== Deno.uid()) {
      throw new PermissionError(
        `the runtime folder ${this.path} is used by user ${uid}; set OURO_RUNTIME_DIR to a folder of your own`,
      );
    }
    if (((mode ?? 0) & 0o7777) !== FLOWS_MODE) Deno.chmodSync(this.flows, FLOWS_MODE);
    this.#checkWritable();
  }

  /** Removes the sockets that a dead IRMd and its processes left behind; call it under the lock. Says how many. */
  removeStale(): number {
    const stale = [this.irmdSocket, this.adminSocket];
    for (const entry of Deno.readDirSync(this.path)) {
      if (entry.name.startsWith(".")) stale.push(`${this.path}/${entry.name}`);
    }
    for (const entry of Deno.readDirSync(this.flows)) stale.push(`${this.flows}/${entry.name}`);
    return stale.filter(removeSocket).length;
  }

  #checkWritable(): void {
    const probe = `${this.path}/.write-test-${Deno.pid}`;
    try {
      Deno.writeFileSync(probe, new Uint8Array(0), { mode: 0o600 });
      Deno.removeSync(probe);
    } catch (thrown) {
      throw explain(thrown, `cannot write in the runtime folder ${this.path}`);
    }
  }
}

/** The folder of a process; empty where nothing says which. */
function own({ env, uid }: Surroundings): RuntimeFolder[] {
  const told = env("OURO_RUNTIME_DIR");
  if (told) return [new RuntimeFolder(told)];
  if (uid === 0) return [new RuntimeFolder(SYSTEM_FOLDER)];
  const session = env("XDG_RUNTIME_DIR");
  return session ? [new RuntimeFolder(`${session.replace(/\/+$/, "")}/ouroboros`)] : [];
}

/** Makes a folder with that mode whatever the umask, where nothing is yet. */
function makeFolder(path: string, mode: number, look: (path: string) => Deno.FileInfo): void {
  try {
    Deno.mkdirSync(path, { mode: 0o700 });
    Deno.chmodSync(path, mode);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) {
      throw explain(thrown, `cannot make the folder ${path}`);
    }
    if (look(path).isDirectory) return;
    throw new InvalidError(`${path} is in the way and is no folder: remove it, or set OURO_RUNTIME_DIR`);
  }
}

function removeSocket(path: string): boolean {
  try {
    if (!Deno.lstatSync(path).isSocket) return false;
    Deno.removeSync(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw explain(thrown, `cannot remove the stale socket ${path}`);
  }
}

function explain(thrown: unknown, doing: string): OuroError {
  const options = { cause: thrown };
  if (thrown instanceof Deno.errors.PermissionDenied) {
    return new PermissionError(
      `${doing}: permission denied; set OURO_RUNTIME_DIR to a folder that you own`,
      options,
    );
  }
  if (thrown instanceof Deno.errors.NotFound) {
    return new NotFoundError(
      `${doing}: the folder above it is not there; make it, or set OURO_RUNTIME_DIR`,
      options,
    );
  }
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  return new InvalidError(`${doing}: ${why}`, options);
}
