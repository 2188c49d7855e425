/**
 * One host of the chaos soak: an IRMd that follows a configuration file and is started again when it ends, as a service manager does
 * it, applications that are started again, too, and the means to disturb all of them.
 *
 * @module
 */
import { Host, OURO } from "../../support/host.ts";
import type { Namespaces } from "../../support/namespaces.ts";
import { Process } from "../../support/process.ts";
import type { FlowReport } from "./flow_end.ts";
import { CLOCK_FILE } from "./shifted_clock.ts";

const here = (file: string): string => new URL(file, import.meta.url).pathname;

/** An application that is to run on a host. */
export interface Application {
  /** What it announces itself as. */
  readonly program: string;
  /** Words of `flow_end.ts`. */
  readonly words: readonly string[];
}

/** What a host is to run. */
export interface Role {
  readonly letter: string;
  /** The configuration file. */
  readonly config: string;
  readonly applications: readonly Application[];
}

/** One process of a host. */
export interface Running {
  readonly pid: number;
  /** `irmd`, the name of an IPCP, or an application. */
  readonly what: string;
  /** Resident memory in megabytes. */
  readonly memory: number;
  readonly descriptors: number;
  /** Milliseconds that its main thread has run, and has waited for a processor. */
  readonly ran: number;
  readonly waited: number;
}

/** One host. */
export class ChaosHost implements AsyncDisposable {
  readonly #applications = new Map<string, Process>();
  readonly #clock: string;
  #irmd: Process | undefined;
  /** Lines of the IRMds that have ended. */
  readonly #past: string[] = [];

  private constructor(
    readonly role: Role,
    private readonly net: Namespaces,
    private readonly host: Host,
  ) {
    this.#clock = `${host.folder}/clock`;
  }

  /** Starts everything. */
  static async start(role: Role, net: Namespaces): Promise<ChaosHost> {
    const host = await Host.start({ idle: true, within: net.on(role.letter) });
    const made = new ChaosHost(role, net, host);
    await Deno.writeTextFile(made.#clock, "0");
    await Deno.writeTextFile(`${host.folder}/irmd.conf`, role.config);
    made.startIrmd();
    for (const { program } of role.applications) made.startApplication(program);
    return made;
  }

  /** The folder of the IRMd. */
  get folder(): string {
    return this.host.folder;
  }

  /** Starts the IRMd. */
  startIrmd(): void {
    const [deno, run, ...options] = OURO;
    const main = options.pop() ?? "";
    const words = ["irmd", "--stdout", "--config", `${this.folder}/irmd.conf`];
    if (this.#irmd) this.#past.push(...this.#irmd.lines, ...this.#irmd.stderr.split("\n"));
    this.#irmd = new Process(
      [
        ...this.net.on(this.role.letter),
        deno,
        run,
        ...options,
        "--preload",
        here("shifted_clock.ts"),
        main,
        ...words,
      ],
      { env: { ...this.host.env, [CLOCK_FILE]: this.#clock } },
    );
  }

  /** Starts an application. */
  startApplication(program: string): void {
    const found = this.role.applications.find((application) => application.program === program);
    if (!found) throw new Error(`no application ${program}`);
    const command = [Deno.execPath(), "run", "-A", "-q", here("flow_end.ts"), ...found.words];
    const process = new Process(command, { env: this.host.env });
    this.#applications.set(program, process);
    process.ended.then(({ signal, stderr }) => {
      if (signal === null) this.#past.push(`${program} has ended: ${stderr}`);
    });
  }

  /** Ends a process at once, without a word: `irmd`, an application or an IPCP. */
  kill(what: string): void {
    if (what === "irmd") this.#irmd?.kill("SIGKILL");
    else if (this.#applications.has(what)) this.#applications.get(what)?.kill("SIGKILL");
    else {
      for (const { pid, what: name } of this.running()) if (name === what) Deno.kill(pid, "SIGKILL");
    }
  }

  /** Stops all its processes, as a machine that sleeps, or lets them go on. */
  suspend(suspended: boolean): void {
    for (const { pid } of this.running()) {
      try {
        Deno.kill(pid, suspended ? "SIGSTOP" : "SIGCONT");
      } catch (thrown) {
        if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
      }
    }
  }

  /** Shifts the clock of the day of its IRMd, in milliseconds. */
  async shiftClock(by: number): Promise<void> {
    await Deno.writeTextFile(this.#clock, `${by}`);
  }

  /** Runs `ip WORDS` on it. */
  ip(words: string): Promise<string> {
    return this.net.ip(this.role.letter, words);
  }

  /** Runs `ouro WORDS` on it; gives its output, or undefined when it fails. */
  async ask(words: string): Promise<string | undefined> {
    const { code, stdout } = await this.host.run(words);
    return code === 0 ? stdout : undefined;
  }

  /** The last reports of the asking applications, by program. */
  reports(): Map<string, FlowReport> {
    const reports = new Map<string, FlowReport>();
    for (const { program, words: [what] } of this.role.applications) {
      const last = this.#applications.get(program)?.lines.at(-1);
      if (what === "ask" && last !== undefined) reports.set(program, JSON.parse(last));
    }
    return reports;
  }

  /** All its processes. */
  running(): Running[] {
    const found: Running[] = [];
    for (const entry of Deno.readDirSync("/proc")) {
      const pid = Number(entry.name);
      if (!Number.isInteger(pid)) continue;
      try {
        const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
        const what = this.#nameOf(pid, words);
        if (what === undefined) continue;
        const memory =
          Number(/^VmRSS:\s+(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
        const descriptors = [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
        const [ran, waited] = Deno.readTextFileSync(`/proc/${pid}/schedstat`).split(" ").map((ns) =>
          Number(ns) / 1e6
        );
        found.push({ pid, what, memory, descriptors, ran, waited });
      } catch (thrown) {
        // It has ended meanwhile.
        if (!(thrown instanceof Error)) throw thrown;
      }
    }
    return found;
  }

  /** Lines of its log, and of applications that have ended by themselves, that tell of a fault in the program. */
  faults(): string[] {
    const lines = [...this.#past, ...this.#irmd?.lines ?? [], ...this.#irmd?.stderr.split("\n") ?? []];
    return lines.filter((line) =>
      /has ended|Uncaught|TypeError|RangeError|InternalError|^\s+at .*\.ts:\d+/.test(line)
    );
  }

  /** The last lines of its log. */
  log(count: number): string[] {
    return this.#irmd?.lines.slice(-count) ?? [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#applications.values()].map((process) => process[Symbol.asyncDispose]()));
    await this.#irmd?.[Symbol.asyncDispose]();
    await this.host[Symbol.asyncDispose]();
  }

  #nameOf(pid: number, words: readonly string[]): string | undefined {
    if (words.includes(`${this.folder}/irmd.conf`)) return "irmd";
    const name = words.indexOf("--name");
    if (name >= 0 && words.some((word) => word.startsWith(`${this.folder}/`))) return words[name + 1];
    for (const [program, process] of this.#applications) if (process.pid === pid) return program;
    return undefined;
  }
}
