/**
 * Where the demonstration is played: a folder of its own with the programs, what runs in it, and the end of it all.
 *
 * @module
 */
import { linkCheckout } from "../../.ci/checkout_links.ts";
import { COLOURS, show, showCommand } from "./screen.ts";
import { Speaker, type SpeakerOptions } from "./speaker.ts";

/** Programs at work in a folder that is gone in the end. */
export class Stage {
  readonly #folder: string;
  readonly #env: Record<string, string>;
  readonly #running: Speaker[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#env = {
      PATH: `${folder}/bin:${Deno.env.get("PATH") ?? "/usr/bin:/bin"}`,
      OURO_RUNTIME_DIR: `${folder}/run`,
      ...(COLOURS ? {} : { NO_COLOR: "1" }),
    };
  }

  /** Makes the folder. */
  static async open(): Promise<Stage> {
    const folder = await Deno.makeTempDir({ prefix: "ouro-" });
    await linkCheckout(`${folder}/bin`);
    return new Stage(folder);
  }

  /** Starts a program by name, as `dist/` on PATH would. */
  start(command: string, options: Omit<SpeakerOptions, "env"> = {}): Speaker {
    const [program, ...args] = command.split(" ");
    showCommand([program, ...args], options.label !== undefined);
    const speaker = new Speaker([`${this.#folder}/bin/${program}`, ...args], { ...options, env: this.#env });
    this.#running.push(speaker);
    return speaker;
  }

  /** Runs a command to its end; it has to succeed. */
  async command(words: string): Promise<Speaker> {
    const speaker = this.start(words);
    await speaker.finish();
    return speaker;
  }

  /** Presses Ctrl-C in a program's terminal; it has to end in order. */
  async interrupt(label: string, speaker: Speaker): Promise<void> {
    show(`${label.padEnd(6)} | ^C`);
    speaker.interrupt();
    await speaker.finish();
  }

  /** Ends what still runs, last started first, and removes the folder. */
  async close(): Promise<void> {
    for (const speaker of this.#running.reverse()) await speaker.stop();
    await Deno.remove(this.#folder, { recursive: true });
  }
}
