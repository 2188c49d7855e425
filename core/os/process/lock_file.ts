/**
 * The lock that keeps a second IRMd out of a runtime folder: an advisory `flock`, which the kernel takes back when
 * its owner dies.
 *
 * @module
 */
import { ExistsError } from "../../contract/errors.ts";
import { runtimeError } from "../c/errno.ts";

/** Nobody else may open it: to lock a file, a right to read it is enough. */
const MODE = 0o600;

/** A lock that this process has. The file stays; an orderly stop leaves it empty, a crash leaves the pid in it. */
export class LockFile {
  /** Pid of the owner before, when it ended without giving the lock back. */
  readonly crashed: number | undefined;

  private constructor(private readonly path: string, private file: Deno.FsFile, crashed: number | undefined) {
    this.crashed = crashed;
  }

  /**
   * Takes the lock and writes the pid of this process into it. Children do not inherit it.
   *
   * @throws ExistsError when another process has it
   * @throws PermissionError when the file may not be written
   */
  static acquire(path: string): LockFile {
    const file = open(path);
    try {
      const free = file.tryLockSync(true);
      const owner = read(file);
      if (!free) {
        throw new ExistsError(
          `IRMd already running (${owner ?? "pid unknown"}), exiting. Use that one or stop it; ` +
            "for a second one, set OURO_RUNTIME_DIR to a folder of its own",
        );
      }
      write(file, `${Deno.pid}\n`);
      return new LockFile(path, file, owner);
    } catch (thrown) {
      file.close();
      throw runtimeError(thrown, `cannot lock ${path}`);
    }
  }

  /**
   * Puts the file back, with the lock on it, when somebody has removed it. Says whether it was gone.
   *
   * @throws ExistsError when another process has made one meanwhile, and has its lock
   */
  putBack(): boolean {
    if (sameFile(this.file, this.path)) return false;
    try {
      const { file } = LockFile.acquire(this.path);
      this.file.close();
      this.file = file;
      return true;
    } catch (cause) {
      if (!(cause instanceof ExistsError)) throw cause;
      throw new ExistsError(`another IRMd has made ${this.path} meanwhile; stop one of the two`, { cause });
    }
  }

  /** Gives the lock back; for an orderly stop. */
  release(): void {
    write(this.file, "");
    // Not by closing alone: a child that is just being started has the descriptor until it runs its own program.
    this.file.unlockSync();
    this.file.close();
  }
}

function open(path: string): Deno.FsFile {
  try {
    const file = Deno.openSync(path, { read: true, write: true, create: true, mode: MODE });
    // One that was there may have another mode.
    Deno.chmodSync(path, MODE);
    return file;
  } catch (thrown) {
    throw runtimeError(thrown, `cannot open the lock ${path}`);
  }
}

function sameFile(file: Deno.FsFile, path: string): boolean {
  try {
    const { dev, ino } = Deno.lstatSync(path);
    const own = file.statSync();
    return dev === own.dev && ino === own.ino;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw runtimeError(thrown, `cannot look at the lock ${path}`);
  }
}

/** The pid in the file; undefined when there is none. */
function read(file: Deno.FsFile): number | undefined {
  const bytes = new Uint8Array(32);
  const count = file.readSync(bytes) ?? 0;
  const digits = /^[0-9]+/.exec(new TextDecoder().decode(bytes.subarray(0, count)));
  return digits ? Number(digits[0]) : undefined;
}

function write(file: Deno.FsFile, content: string): void {
  file.truncateSync(0);
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(new TextEncoder().encode(content));
}
