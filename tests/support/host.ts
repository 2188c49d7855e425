/**
 * A host for tests: an IRMd of its own in a temporary runtime folder, and commands given to it.
 *
 * @module
 */
import { type Answered, irmHere } from "./irm_here.ts";
import { opingHere } from "./oping_here.ts";
import { type Ended, Process, type ProcessOptions } from "./process.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** The words that start `ouro` from this checkout. */
export const OURO: readonly string[] = [Deno.execPath(), "run", "-A", "-q", MAIN];

/** Settings of a {@link Host}. */
export interface HostOptions extends ProcessOptions {
  /** More words for `ouro irmd`. */
  readonly args?: readonly string[];
  /** Start no IRMd yet. */
  readonly idle?: boolean;
  /** Words in front of the IRMd's command, such as those that make it run in a network namespace. */
  readonly within?: readonly string[];
  /** The IRMd's lines go into the file `irmd.log` of the folder instead of to this process. */
  readonly logToFile?: boolean;
}

/** One host with its IRMd. */
export class Host implements AsyncDisposable {
  /** Its runtime folder. */
  readonly folder: string;
  readonly #options: HostOptions;
  readonly #others: Process[] = [];
  #irmd: Process | undefined;

  private constructor(folder: string, options: HostOptions) {
    this.folder = folder;
    this.#options = options;
  }

  /** Makes a host; its IRMd takes commands when this returns. */
  static async start(options: HostOptions = {}): Promise<Host> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-" });
    await Deno.chmod(folder, 0o755);
    const host = new Host(folder, options);
    if (!options.idle) await host.startIrmd();
    return host;
  }

  /** Its security folder, which is not there at the beginning. */
  get security(): string {
    return `${this.folder}/security`;
  }

  /** Writes a file of the security folder. */
  async secure(path: string, text: string): Promise<void> {
    const file = `${this.security}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }

  /** Whether an IRMd was started. */
  get started(): boolean {
    return this.#irmd !== undefined;
  }

  /** The running IRMd. */
  get irmd(): Process {
    if (!this.#irmd) throw new Error("this host has no IRMd");
    return this.#irmd;
  }

  /** Starts (or restarts) the IRMd and waits until it takes commands. @param more words for it; their paths are relative to the folder */
  async startIrmd(more: readonly string[] = []): Promise<Process> {
    const words = ["irmd", "--stdout", ...this.#options.args ?? [], ...more];
    const started = /irmd\(II\): Ouroboros IPC Resource Manager daemon started/;
    if (this.#options.logToFile) {
      const file = `${this.folder}/irmd.log`;
      await Deno.writeTextFile(file, "");
      const within = this.#options.within ?? [];
      const command = ["sh", "-c", 'exec "$@" >"$0"', file, ...within, ...OURO, ...words];
      this.#irmd = new Process(command, { env: { ...this.env, ...this.#options.env } });
      while (!started.test(await Deno.readTextFile(file))) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } else {
      this.#irmd = this.#spawn(words, { cwd: more.length > 0 ? this.folder : undefined, ...this.#options });
      await this.#irmd.waitFor(started);
    }
    return this.#irmd;
  }

  /** Starts `ouro WORDS…` and lets it run. */
  spawn(words: readonly string[], options: ProcessOptions = {}): Process {
    return this.#spawn(words, options);
  }

  /** Starts any program on this host. */
  program(command: readonly string[], options: ProcessOptions = {}): Process {
    const process = new Process(command, { ...options, env: { ...this.env, ...options.env } });
    this.#others.push(process);
    return process;
  }

  /** Runs `ouro WORDS…` (one text, split at blanks) to its end. */
  run(words: string | readonly string[], options: ProcessOptions = {}): Promise<Ended> {
    return this.#spawn(typeof words === "string" ? words.split(" ") : words, options).ended;
  }

  /** Runs the words behind `irm` in the test's process. */
  irm(words: string): Promise<Answered> {
    return irmHere(this.folder, words.split(" "));
  }

  /** Runs the words behind `oping`, a client's, in the test's process. */
  ping(words: string): Promise<Answered> {
    return opingHere(this.folder, words.split(" "));
  }

  /**
   * Runs `ouro WORDS…` and fails unless it succeeds; gives its standard output. Commands of `irm` and clients of `oping` run in the test's
   * process: most set up what a test is about.
   */
  async ok(words: string): Promise<string> {
    const [tool, ...rest] = words.split(" ");
    const { code, stdout, stderr } = tool === "irm"
      ? await irmHere(this.folder, rest)
      : tool === "oping"
      ? await opingHere(this.folder, rest)
      : await this.run(words);
    if (code !== 0) throw new Error(`ouro ${words} ended with ${code}\n${stdout}${stderr}`);
    return stdout;
  }

  /** What processes of this host find in their environment. */
  get env(): Record<string, string> {
    return { OURO_RUNTIME_DIR: this.folder, OURO_SECURITY_DIR: this.security, NO_COLOR: "1" };
  }

  /** The IRMd's log lines so far, without pids, as `component(LV): text`. */
  get log(): string[] {
    return this.irmd.lines.map((line) => line.replace(/^==\d+== /, ""));
  }

  /** Ends everything and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#others.map((process) => process[Symbol.asyncDispose]()));
    await this.#irmd?.[Symbol.asyncDispose]();
    await Deno.remove(this.folder, { recursive: true });
  }

  #spawn(words: readonly string[], options: ProcessOptions): Process {
    const { env, cwd, uid, gid, input } = options;
    const within = words[0] === "irmd" ? this.#options.within ?? [] : [];
    const process = new Process([...within, ...OURO, ...words], {
      cwd,
      uid,
      gid,
      input,
      env: { ...this.env, ...env },
    });
    if (words[0] !== "irmd") this.#others.push(process);
    return process;
  }
}
