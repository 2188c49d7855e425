/**
 * The command blocks of a page, as its readers play them: each command in its order, on the host that it is for, and the lines that
 * stand below it, which have to come.
 *
 * A block is what is indented by four blanks, outside of fences. `$ words` (or `# words`, for root) is a command, with a letter before the prompt where there
 * are several hosts; one that ends in `&`, or that runs until Ctrl-C, goes on. `PID` stands for the id of the last of those. Other lines are
 * output: of the command, of what goes on, or of the IRMd; numbers may differ, and `…` is anything. A block below
 * `<!-- not run: WHY -->` is passed over.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Host } from "./host.ts";
import { irmHere } from "./irm_here.ts";
import type { Process } from "./process.ts";

/** A block of a page. */
export interface Block {
  readonly commands: readonly { readonly host: string; readonly words: string }[];
  /** Lines that have to come. */
  readonly output: readonly string[];
  /** Why it is not run. */
  readonly notRun: string | undefined;
}

const PROMPT = /^([a-z]?)[$#] (.*)$/;

/** Reads the blocks of a page. */
export function readBlocks(page: string): Block[] {
  const text = page.replaceAll(/^```[\s\S]*?^```$/gm, "");
  return [...text.matchAll(/(?:<!-- not run: (.*?) -->\n\n)?((?:^ {4}.*\n(?:\n(?= {4}))*)+)/gm)].map(
    ([, notRun, text]) => {
      const lines = text.split("\n").map((line) => line.slice(4)).filter((line) => line !== "");
      const commands = lines.flatMap((line) => {
        const [, host, words] = PROMPT.exec(line) ?? [];
        return words === undefined ? [] : [{ host, words }];
      });
      return { commands, output: lines.filter((line) => !PROMPT.test(line) && line !== "…"), notRun };
    },
  );
}

/** What runs until Ctrl-C, and by what one sees that it is ready. */
const RUNNING: readonly [RegExp, RegExp][] = [
  [/^obc .*(-l|--listen)\b/, /^New flow\.$/],
  [/^o(ping|echo|perf|cbr) .*(-l|--listen)\b/, /^.*[Ss]tart(ed|ing).*$/],
  [/^ovpn .*-n/, /^Starting read\/write threads\.$/],
  [/^ovpn/, /^Waiting for a new flow\.\.\.$/],
  [/^ouro forward (?!.*stdio)/, /^(Offering|Listening at) .*\.$/],
];
/** What takes as long as its readers have time. */
const SHORTER: readonly [RegExp, string][] = [
  [/^(oping (?!.*-i )(?=.*-n ).*)$/, "$1 -i 10ms"],
  [/^(operf .*-d) \d+s/, "$1 200ms"],
  [/^(ocbr .*-d) \d+/, "$1 1"],
];

/** A line with what differs from run to run taken out; hashes stay. */
const form = (line: string): string =>
  line.replaceAll("µs", "ms").replaceAll(/\b\d+(\.\d+)?\b/g, "N").replaceAll(/\s+/g, " ").trim();

/** A host that plays pages. */
export interface Player {
  readonly host: Host;
  /** Folder of the programs. */
  readonly programs: string;
  /** Words in front of each program. */
  readonly within: readonly string[];
}

/** Plays blocks on hosts, by their letters; what goes on does so from one page to the next. */
export class Pages {
  readonly #players: Readonly<Record<string, Player>>;
  readonly #running: Process[] = [];
  /** What the commands of the last block with some have said. */
  #said = "";
  /** How much the running ones had said before. */
  #before = new Map<Process, number>();

  constructor(players: Readonly<Record<string, Player>>) {
    this.#players = players;
  }

  /** Plays a page: its blocks in order. @throws AssertionError for the first command that fails, or line that does not come */
  async play(page: string): Promise<void> {
    for (const { commands, output, notRun } of readBlocks(page)) {
      if (notRun !== undefined) continue;
      if (commands.length > 0) {
        this.#said = "";
        this.#before = new Map(this.#sources().map((source) => [source, source.stdout.length]));
      }
      for (const { host, words } of commands) await this.#run(host, words);
      await this.#expect(output, commands.map(({ words }) => words).join("; "));
    }
  }

  #sources(): Process[] {
    const irmds = Object.values(this.#players).flatMap(({ host }) => host.started ? [host.irmd] : []);
    return [...this.#running, ...irmds];
  }

  async #run(letter: string, text: string): Promise<void> {
    const player = this.#players[letter || "a"];
    const { host, programs, within } = player;
    const words = SHORTER.reduce((text, [long, short]) => text.replace(long, short), text)
      .replace("PID", `${this.#running.at(-1)?.pid}`).replace(/ &$/, "");
    const [, more] = /^irmd --stdout\b *(.*)$/.exec(words) ?? [];
    if (more !== undefined) return void await host.startIrmd(more === "" ? [] : more.split(" "));
    const path = `${programs}:${Deno.env.get("PATH")}`;
    // Most commands set up what a page is about: without the start of a process for each.
    if (/^irm [^"'$&|<>]*$/.test(words)) {
      const { code, stdout, stderr } = await irmHere(host.folder, words.split(" ").slice(1), path);
      assert.equal(code, 0, `${words}\n${stdout}${stderr}`);
      this.#said += stdout;
      return;
    }
    const shell = ["env", `PATH=${path}`, "sh", "-c", `exec ${words}`];
    const process = host.program([...within, ...shell], { cwd: host.folder });
    const ready = RUNNING.find(([pattern]) => pattern.test(words))?.[1];
    if (ready) {
      this.#running.push(process);
      await process.waitFor(ready);
    } else {
      const { code, stdout, stderr } = await process.ended;
      assert.equal(code, 0, `${words}\n${stdout}${stderr}`);
      this.#said += stdout;
    }
  }

  async #expect(output: readonly string[], after: string): Promise<void> {
    const wanted = output.map(form);
    const lines = () => {
      const texts = this.#sources().map((source) => source.stdout.slice(this.#before.get(source) ?? 0));
      const all = [this.#said, ...texts].join("\n");
      const folders = Object.values(this.#players).map(({ programs }) => programs);
      return folders.reduce((text, folder) => text.replaceAll(folder, "/usr/bin"), all).split("\n").map(form);
    };
    const end = Date.now() + 30_000;
    for (;;) {
      const left = missing(wanted, lines());
      if (left.length === 0) return;
      if (Date.now() > end) {
        assert.fail(`after ${after} there is no\n${left.join("\n")}\nbut\n${lines().join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** What stands in `wanted` and not in `found`, each line as often as it does. */
function missing(wanted: readonly string[], found: readonly string[]): string[] {
  const left = [...found];
  return wanted.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
