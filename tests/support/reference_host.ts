/**
 * A host that runs the C reference implementation, installed under the prefix that `OURO_REFERENCE` names, in an enclosure.
 *
 * @module
 */
import type { Enclosure, Replacement } from "./enclosure.ts";
import { type Ended, Process } from "./process.ts";

/** Where the reference is installed; undefined: tests that need it are left out. */
export const REFERENCE = Deno.env.get("OURO_REFERENCE");

/** No command of the reference takes longer unless its IPCP has stopped to answer. Milliseconds. */
const PATIENCE = 8000;

/** The reference has failed in a way that is known of it: a test may begin again with new hosts. */
export class ReferenceFault extends Error {}

/** One host of the reference; what it is asked and gives is as with `Host`. */
export class ReferenceHost implements AsyncDisposable {
  readonly #enclosure: Enclosure;
  readonly #prefix: string;
  readonly #others: Process[] = [];
  /** The running IRMd. */
  readonly irmd: Process;

  private constructor(enclosure: Enclosure, prefix: string) {
    this.#enclosure = enclosure;
    this.#prefix = prefix;
    this.irmd = this.#spawn(["irmd", "--stdout"]);
  }

  /** Starts the IRMd in an enclosure; it takes commands when this returns. */
  static async start(enclosure: Enclosure, prefix: string): Promise<ReferenceHost> {
    const host = new ReferenceHost(enclosure, prefix);
    try {
      await host.irmd.waitFor(/daemon started/);
    } catch (thrown) {
      await host[Symbol.asyncDispose]();
      throw thrown;
    }
    return host;
  }

  /** Starts a program of the reference and lets it run. */
  spawn(words: readonly string[]): Process {
    const process = this.#spawn(words);
    this.#others.push(process);
    return process;
  }

  /**
   * Runs a program of the reference (one text, split at blanks) to its end.
   *
   * @throws ReferenceFault when it takes too long: one IPCP in twenty to fifty stops to listen to its IRMd while it bootstraps or
   * enrolls (quirk X1 of routing and directory), and the IRMd then waits for it for ever
   */
  async run(words: string): Promise<Ended> {
    const process = this.spawn(words.split(" "));
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill("SIGKILL");
    }, PATIENCE);
    const ended = await process.ended;
    clearTimeout(timer);
    if (late) throw new ReferenceFault(`quirk X1: nobody answered to ${words}`);
    return ended;
  }

  /** Runs a program of the reference and fails unless it succeeds; gives its standard output. @throws ReferenceFault as `run` */
  async ok(words: string): Promise<string> {
    const { code, stdout, stderr } = await this.run(words);
    if (code !== 0) {
      throw new Error(
        `the reference's ${words} ended with ${code}\n${stdout}${stderr}\n${this.log.join("\n")}`,
      );
    }
    return stdout;
  }

  /** Log lines of the IRMd and the IPCPs so far, without pids and colours. */
  get log(): string[] {
    // deno-lint-ignore no-control-regex
    return this.irmd.lines.map((line) => line.replace(/\x1b\[\d*m/g, "").replace(/^==\d+== /, ""));
  }

  /**
   * @throws ReferenceFault when the IRMd or an IPCP has died; or when an IPCP could not send its answer to a request, since it gets
   * stuck in the next one for the same id (quirks 4 of shims and of unicast)
   */
  async assertAlive(): Promise<void> {
    if (this.log.some((line) => line.includes("Failed to respond to flow allocation"))) {
      throw new ReferenceFault(
        "quirk 4 of shims and unicast: the reference has lost its answer to a request",
      );
    }
    for await (const { name } of Deno.readDir("/proc")) {
      const [, state, parent] = /^\d+ \(.*\) (\w) (\d+)/.exec(await statOf(name)) ?? [];
      const child = Number(parent) === this.irmd.pid || Number(name) === this.irmd.pid;
      if (child && state === "Z") throw new ReferenceFault("a daemon of the reference has died");
    }
    if (!await statOf(`${this.irmd.pid}`)) throw new ReferenceFault("the reference's IRMd has died");
  }

  /** Kills everything; what it leaves behind goes with the enclosure. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#enclosure[Symbol.asyncDispose]();
    await Promise.all([this.irmd, ...this.#others].map((process) => process.ended));
  }

  #spawn(words: readonly string[]): Process {
    const { within } = this.#enclosure;
    const path = `${this.#prefix}/bin:${this.#prefix}/sbin:${Deno.env.get("PATH") ?? ""}`;
    return new Process([...within, "env", `PATH=${path}`, ...words]);
  }
}

async function statOf(pid: string): Promise<string> {
  try {
    return await Deno.readTextFile(`/proc/${pid}/stat`);
  } catch {
    return "";
  }
}

/**
 * A copy of the installed reference with files in its security folder (by their paths there); it is to stand in the place of the
 * installed one, which looks its configuration up there.
 */
export async function withSecurity(
  prefix: string,
  files: Readonly<Record<string, string>>,
): Promise<Replacement> {
  const copy = await Deno.makeTempDir({ prefix: "ouro-reference-" });
  const { success } = await new Deno.Command("cp", { args: ["-a", `${prefix}/.`, copy] }).output();
  if (!success) throw new Error(`could not copy ${prefix}`);
  for (const [path, text] of Object.entries(files)) {
    const file = `${copy}/etc/ouroboros/security/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
  return { folder: prefix, by: copy };
}
