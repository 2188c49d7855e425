/**
 * A place for mounts of a test: a mount namespace of its own. What is mounted in it goes with it, however a test ends.
 *
 * @module
 */
import { type Register, unless, whyNoRoot } from "../../core/testing/left_out.ts";
import { Process } from "./process.ts";

/** Why tests that mount file systems are left out; undefined: they are not. */
export const whyNoMounts: string | undefined = whyNoRoot ?? whyNoFuse();

/** Registers a test that uses {@link Mounts}. */
export const testWithMounts: Register = unless(whyNoMounts);

/** Holds a namespace until its input ends. */
const HOLD = ["unshare", "--mount", "sh", "-c", "echo ready && exec cat"];

/** A mount namespace. */
export class Mounts implements AsyncDisposable {
  private constructor(private readonly holder: Process) {}

  static async make(): Promise<Mounts> {
    const holder = new Process(HOLD, { keepInput: true });
    await holder.waitFor(/^ready$/);
    return new Mounts(holder);
  }

  /** Words in front of a command that make it run there. */
  get within(): readonly string[] {
    return ["nsenter", "-t", `${this.holder.pid}`, "--mount"];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.holder[Symbol.asyncDispose]();
  }
}

function whyNoFuse(): string | undefined {
  try {
    Deno.openSync("/dev/fuse", { read: true, write: true }).close();
    return undefined;
  } catch {
    return "no /dev/fuse";
  }
}
