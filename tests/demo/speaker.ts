/**
 * A running program of the demonstration: its lines are shown as they come, and can be waited for.
 *
 * @module
 */
import { plain, show, type Style, styled } from "./screen.ts";

/** Nothing here takes so long, in milliseconds; machines may be busy. */
const PATIENCE = 30_000;

/** How to start a {@link Speaker}. */
export interface SpeakerOptions {
  readonly env: Record<string, string>;
  /** Stands in front of its lines, so that one sees who speaks. */
  readonly label?: string;
  readonly style?: Style;
}

/** A program at work. */
export class Speaker {
  readonly #words: readonly string[];
  readonly #child: Deno.ChildProcess;
  readonly #label: string;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  /** Resolves with the exit status, when all its output was shown. */
  readonly ended: Promise<number>;
  #code: number | undefined;

  constructor(words: readonly string[], options: SpeakerOptions) {
    const { env, label, style = "dim" } = options;
    this.#words = words;
    this.#label = label ? styled(style, `${label.padEnd(6)} | `) : "";
    const [program, ...args] = words;
    this.#child = new Deno.Command(program, { args, env, stdin: "null", stdout: "piped", stderr: "piped" })
      .spawn();
    this.ended = this.#end();
  }

  /** Process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Waits until it has said something. @throws Error when it ends without it, or takes too long */
  async hear(pattern: RegExp): Promise<RegExpExecArray> {
    const find = () => this.#lines.map((line) => pattern.exec(line)).find((found) => found !== null);
    await this.#until(() => find() !== undefined, `did not say ${pattern}`);
    const found = find();
    if (!found) throw new Error(this.#fault(`did not say ${pattern}`));
    return found;
  }

  /** Waits until it has ended by itself. @throws Error when it fails or takes too long */
  async finish(): Promise<void> {
    await this.#until(() => this.#code !== undefined, "did not end");
    if (this.#code !== 0) throw new Error(this.#fault(`ended with status ${this.#code}`));
  }

  /** Presses Ctrl-C. */
  interrupt(): void {
    this.#signal("SIGINT");
  }

  /** Ends it, by force if it does not end in time. */
  async stop(): Promise<void> {
    this.#signal("SIGTERM");
    const timer = setTimeout(() => this.#signal("SIGKILL"), PATIENCE / 3);
    await this.ended;
    clearTimeout(timer);
  }

  #signal(signal: Deno.Signal): void {
    if (this.#code !== undefined) return;
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended in this moment.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  #until(condition: () => boolean, fault: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const timer = setTimeout(
        () => leave(() => reject(new Error(this.#fault(`${fault} within ${PATIENCE / 1000} s`)))),
        PATIENCE,
      );
      const look = () => {
        if (condition()) leave(resolve);
        else if (this.#code !== undefined) leave(() => reject(new Error(this.#fault(fault))));
      };
      this.#waiting.add(look);
      look();
    });
  }

  #fault(what: string): string {
    const last = this.#lines.slice(-5).map((line) => `\n  ${line}`).join("");
    return `'${this.#words.join(" ")}' ${what}; its last lines: ${last || "none"}`;
  }

  async #end(): Promise<number> {
    const [{ code }] = await Promise.all([
      this.#child.status,
      this.#listen(this.#child.stdout),
      this.#listen(this.#child.stderr),
    ]);
    this.#code = code;
    this.#look();
    return code;
  }

  async #listen(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach((line) => this.#say(line));
      this.#look();
    }
    if (rest !== "") this.#say(rest);
  }

  #say(line: string): void {
    this.#lines.push(plain(line));
    show(this.#label + line);
  }

  #look(): void {
    for (const look of [...this.#waiting]) look();
  }
}
