/**
 * What every form of the program must do where it is installed: both parts of the README's tutorial, third parties' plugins in TypeScript
 * and JavaScript, and a service manager's part, which is played by a socket.
 *
 * @module
 */
import assert from "node:assert/strict";
import { readBlocks } from "../../tests/support/page_commands.ts";
import { Process } from "../../tests/support/process.ts";
import { ROOT } from "../programs.ts";

/** A form of the program, where it is installed. */
export interface Installed {
  /** Folder of the programs. */
  readonly programs: string;
  /** Words in front of a command that make it run there. */
  readonly within?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The deno that an empty script is started with, to compare with; left out: this one. */
  readonly deno?: string;
}

/** Files of plugins, with the files that these import. */
const PLUGINS: Readonly<Record<string, string>> = {
  "fnv.ts": `import type { Plugin } from "@ouro/ouro";
    import { fold } from "./lib/fold.ts";
    const fnv: Plugin<"hash"> = {
      kind: "hash", name: "FNV1A_32", apiVersion: 1, description: "with a file beside it", options: [],
      create: () => ({ length: 4, digest: (bytes: Uint8Array): Uint8Array => fold(bytes) }),
    };
    export default fnv;`,
  "lib/fold.ts": `export function fold(bytes: Uint8Array): Uint8Array {
      let hash: number = 0x811c9dc5;
      for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
      const digest = new Uint8Array(4);
      new DataView(digest.buffer).setInt32(0, hash);
      return digest;
    }`,
  "first.js": `import { first } from "./lib/first.js";
    export default {
      kind: "balancing", name: "first", apiVersion: 1, description: "the first one", options: [],
      create: () => ({ choose: first }),
    };`,
  "lib/first.js": `export const first = () => 0;`,
  "loop.ts": await Deno.readTextFile(`${ROOT}/core/irm/plugin/skeletons/ipcp.ts`),
};
const FILES = ["fnv.ts", "first.js", "loop.ts"];
/** Pairs of starts that are measured. */
const PAIRS = 7;

/** A running IRMd of an installed program. */
export class Running implements AsyncDisposable {
  readonly #background: Process[] = [];

  private constructor(
    private readonly place: Installed,
    readonly folder: string,
    readonly irmd: Process,
    private readonly manager: Deno.DatagramConn,
  ) {}

  /** Starts the IRMd in a folder of its own below `work`, and waits until it has said that it is ready. */
  static async start(place: Installed, work: string): Promise<Running> {
    const folder = await Deno.makeTempDir({ dir: work, prefix: "run-" });
    await Deno.mkdir(`${folder}/lib`);
    for (const [name, text] of Object.entries(PLUGINS)) await Deno.writeTextFile(`${folder}/${name}`, text);
    const manager = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` });
    const words = ["irmd", "--stdout", ...FILES.flatMap((file) => ["--plugin", `${folder}/${file}`])];
    const command = wordsOf(place, folder, [...words], { NOTIFY_SOCKET: `${folder}/notify` });
    const running = new Running(place, folder, new Process(command), manager);
    assert.equal(
      await Promise.race([running.#told(), running.irmd.ended.then(({ stdout }) => stdout)]),
      "READY=1",
    );
    return running;
  }

  /** Runs a command; one that ends in `&` goes on. Gives what it prints. */
  async run(text: string): Promise<string> {
    const process = new Process(
      wordsOf(this.place, this.folder, ["sh", "-c", `exec ${text.replace(/ &$/, "")}`]),
    );
    if (text.endsWith(" &")) {
      this.#background.push(process);
      await process.waitFor(/started\.$/);
      return "";
    }
    const { code, stdout, stderr } = await process.ended;
    assert.equal(code, 0, `${text}\n${stdout}${stderr}\n${this.irmd.stdout}`);
    return stdout;
  }

  /** Ends the IRMd as a service manager does. */
  async stop(): Promise<void> {
    this.irmd.kill();
    assert.equal(await this.#told(), "STOPPING=1");
    const { code, stdout } = await this.irmd.ended;
    assert.equal(code, 0);
    assert.match(stdout, /irmd\(II\): Bye\.\n$/);
  }

  async #told(): Promise<string> {
    const [bytes] = await this.manager.receive();
    return new TextDecoder().decode(bytes);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const process of [...this.#background, this.irmd]) await process[Symbol.asyncDispose]();
    this.manager.close();
  }
}

function wordsOf(
  { programs, within = [], env }: Installed,
  folder: string,
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): string[] {
  const all = {
    ...env,
    ...more,
    OURO_RUNTIME_DIR: folder,
    NO_COLOR: "1",
    PATH: `${programs}:${Deno.env.get("PATH")}`,
  };
  return [...within, "env", ...Object.entries(all).map(([name, value]) => `${name}=${value}`), ...words];
}

/** Plays it all; gives how long a start takes, in starts of an empty script. */
export async function trial(place: Installed, work: string): Promise<string> {
  await using running = await Running.start(place, work);
  const sections = (await Deno.readTextFile(`${ROOT}/README.md`)).split("\n## ");
  for (const part of ["Tutorial, part 1", "Tutorial, part 2"]) {
    const section = sections.find((section) => section.startsWith(part)) ?? "";
    const commands = readBlocks(section).flatMap(({ commands }) => commands.map(({ words }) => words));
    assert(commands.length > 5, part);
    for (const words of commands.filter((words) => words !== "irmd --stdout")) {
      const said = await running.run(words.replace(/^oping -n .*/, "$& -i 10ms"));
      if (words.startsWith("oping -n")) assert.match(said, /4 packets transmitted, 4 received/);
    }
  }
  await running.run("irm ipcp bootstrap type local name hashed layer hashed hash FNV1A_32");
  await running.run("irm name register oping_server layer hashed");
  await running.run("irm name create balanced lb first");
  await running.run("irm ipcp bootstrap type loop name loop layer looped");
  assert.match(await running.run("ouro plugins"), /first +the first one[^]*FNV1A_32 +with a file beside it/);
  assert.match(await running.run("irm ipcp list"), /\| +loop \| +loop \| +looped \|/);
  await running.run(`ouro plugin new congestion ${running.folder}/gentle`);
  const checked = await running.run(`ouro plugin check ${running.folder}/gentle.ts`);
  assert.match(checked, /contract +(\d+) of \1 hold\n +tests +3 of 3 hold\nIt does what it has to/);
  // Each of the two runs is a process of its own.
  assert.match(await running.run("ouro sim square --seeds 2 --jobs 2"), /\| as it is \| +2 \| +2000 ± 0 \|/);
  const ratio = await startUp(place, running.folder);
  await running.stop();
  return `start-up ${ratio.toFixed(2)} × deno run`;
}

async function startUp(place: Installed, folder: string): Promise<number> {
  const empty = `${folder}/empty.ts`;
  await Deno.writeTextFile(empty, "");
  const commands = [
    wordsOf(place, folder, ["irm", "ipcp", "list"]),
    wordsOf(place, folder, [place.deno ?? Deno.execPath(), "run", "-A", "-q", empty]),
  ];
  const times: number[][] = [[], []];
  for (let pair = -1; pair < PAIRS; pair++) {
    for (const [index, command] of commands.entries()) {
      const begun = performance.now();
      await new Process(command).ended;
      if (pair >= 0) times[index].push(performance.now() - begun); // The first ones warm up.
    }
  }
  const [program, floor] = times.map((of) => of.sort((a, b) => a - b)[PAIRS >> 1]);
  return program / floor;
}
