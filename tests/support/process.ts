/**
 * A child process of a test: its lines as they come, and waiting for one of them.
 *
 * @module
 */

import { within } from "../../core/testing/within.ts";

/** A wait that takes longer than this has failed; generous, because machines are busy. */
const PATIENCE = 30_000;
/** A process that is expected to end ends within this, in milliseconds. */
const LIFE = 900_000;

/** How a process ended, with all it wrote. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a process is started. */
export interface ProcessOptions {
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Text for its standard input. */
  readonly input?: string;
  /** Its standard input stays open until it is disposed of. */
  readonly keepInput?: boolean;
}

/** A child process whose output is collected. */
export class Process implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #watchers = new Set<() => void>();
  readonly #command: string;
  readonly #keepInput: boolean;
  /** What it has written so far. */
  stdout = "";
  /** What it has written to standard error so far. */
  stderr = "";
  readonly #ended: Promise<Ended>;
  #over = false;

  constructor(command: readonly string[], options: ProcessOptions = {}) {
    const [path, ...args] = command;
    this.#command = command.join(" ");
    const { input, keepInput = false, ...rest } = options;
    this.#keepInput = keepInput;
    this.#child = new Deno.Command(path, {
      ...rest,
      args,
      stdin: input === undefined && !keepInput ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    if (input !== undefined) this.#feed(input);
    this.#ended = this.#collect();
  }

  /** Resolves when it has ended and all its output is there; fails when that takes very long from now. */
  get ended(): Promise<Ended> {
    return within(LIFE, `${this.#command} did not end`, this.#ended);
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Lines of standard output so far. */
  get lines(): string[] {
    return this.stdout.split("\n").slice(0, -1);
  }

  /** Sends a signal; a process that has ended already is left alone. */
  kill(signal: Deno.Signal = "SIGTERM"): void {
    if (this.#over) return;
    try {
      this.#child.kill(signal);
    } catch (thrown) {
      if (!(thrown instanceof TypeError)) throw thrown;
    }
  }

  /** Waits until `pattern` stands in the output, `count` times. */
  async waitFor(pattern: RegExp, count = 1): Promise<RegExpMatchArray> {
    const global = new RegExp(pattern.source, pattern.flags.replace("g", "") + "gm");
    const found = () => [...(this.stdout + "\n" + this.stderr).matchAll(global)];
    await this.until(() => found().length >= count, `${count} × ${pattern}`);
    return found()[count - 1];
  }

  /** Waits until `condition` holds; it is looked at whenever output arrives, and at the end. */
  until(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (run: () => void) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        run();
      };
      const look = () => {
        if (condition()) settle(resolve);
        else if (this.#over) settle(() => reject(new Error(this.#report(`ended without ${what}`))));
      };
      const timer = setTimeout(
        () => settle(() => reject(new Error(this.#report(`gave no ${what}`)))),
        PATIENCE,
      );
      this.#watchers.add(look);
      look();
    });
  }

  /** Ends it, with force if need be. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#keepInput) await this.#child.stdin.close();
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), 5000);
    await this.#ended;
    clearTimeout(timer);
  }

  #report(what: string): string {
    return `${this.#command} ${what}\n--- stdout\n${this.stdout}\n--- stderr\n${this.stderr}`;
  }

  async #feed(input: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }

  async #collect(): Promise<Ended> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#gather(this.#child.stdout, (text) => this.stdout += text),
      this.#gather(this.#child.stderr, (text) => this.stderr += text),
    ]);
    this.#over = true;
    for (const look of [...this.#watchers]) look();
    return { code: status.code, signal: status.signal, stdout: this.stdout, stderr: this.stderr };
  }

  async #gather(stream: ReadableStream<Uint8Array<ArrayBuffer>>, add: (text: string) => void): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      add(text);
      for (const look of [...this.#watchers]) look();
    }
  }
}
