/**
 * A machine to install packages on: this one's files, with what is written to them in memory, in a mount namespace that is gone
 * afterwards.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Process } from "../../tests/support/process.ts";

/** Makes the mounts below `$1`, with the folder `$2` in its place, then holds them until its input ends. */
const HOLD = `
mount -t tmpfs tmpfs "$1" && mkdir "$1/up" "$1/work" "$1/root" &&
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/up,workdir=$1/work" "$1/root" &&
mount -t proc proc "$1/root/proc" && mount --rbind /dev "$1/root/dev" && mount -t tmpfs -o mode=755 tmpfs "$1/root/run" &&
mkdir -p "$1/root$2" && mount --bind "$2" "$1/root$2" && echo ready && exec cat`;

/** Why there is none; undefined: there is one. */
export async function whyNoDebianRoot(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "it needs root";
  const there = await new Deno.Command("sh", { args: ["-c", "command -v dpkg && command -v unshare"] })
    .output();
  return there.success ? undefined : "it needs dpkg and unshare";
}

/** The machine. */
export class DebianRoot implements AsyncDisposable {
  private constructor(private readonly holder: Process, private readonly folder: string) {}

  /** Makes it; `work` is a folder that it shares with this one. */
  static async make(work: string): Promise<DebianRoot> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-root-" });
    const holder = new Process(["unshare", "--mount", "sh", "-c", HOLD, "sh", folder, work], {
      keepInput: true,
    });
    await holder.waitFor(/^ready$/);
    return new DebianRoot(holder, folder);
  }

  /** Words in front of a command that make it run there. */
  get within(): readonly string[] {
    return ["nsenter", "-t", `${this.holder.pid}`, "--mount", "chroot", `${this.folder}/root`];
  }

  /** Runs a shell's commands; gives what they print. */
  async run(text: string): Promise<string> {
    const { code, stdout, stderr } = await new Process([...this.within, "sh", "-ec", text]).ended;
    assert.equal(code, 0, `${text}\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.holder[Symbol.asyncDispose]();
    await Deno.remove(this.folder);
  }
}
