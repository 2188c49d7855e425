/**
 * Child programs of the benchmarks: started, and the lines of JSON that they print.
 *
 * @module
 */
import { median } from "./table.ts";

/** Each figure is the middle one of so many pairs of floor and flow. */
const ROUNDS = 5;

/** What a program has printed in one line. */
export type Report = Readonly<Record<string, number>>;

/** Millions of packets a second. */
export const rate = ({ packets, ms }: Report): number => packets / ms / 1000;
/** Microseconds of the middle ping. */
export const middle = ({ median }: Report): number => median;

/** Measures floor and flow in turn; the ratio is the middle one of the pairs. */
export async function pairs(floorOnce: () => Promise<number>, flowOnce: () => Promise<number>) {
  const floors: number[] = [];
  const flows: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    floors.push(await floorOnce());
    flows.push(await flowOnce());
  }
  return {
    value: median(flows),
    floor: median(floors),
    ratio: median(flows.map((flow, round) => flow / floors[round])),
  };
}

/** Words in front of a program that say where it runs, such as in a network namespace. */
export interface Places {
  readonly server: readonly string[];
  readonly client: readonly string[];
}

/** Runs a server and, once it has said its pid, a client; gives all figures that they printed. */
export async function pairOf(
  serverArgs: readonly string[],
  clientArgs: (pid: number) => readonly string[] | Promise<readonly string[]>,
  places: Places = { server: [], client: [] },
): Promise<Report> {
  const server = start(serverArgs, places.server);
  const [first] = await server.lines(1);
  const client = start(await clientArgs(first.pid), places.client);
  let reports: Report[];
  try {
    reports = (await Promise.all([client.lines(), server.lines()])).flat();
  } catch (thrown) {
    await Promise.all([client.end(), server.end()]);
    throw thrown;
  }
  if (reports.length === 0) throw new Error(`${serverArgs.join(" ")}: no figure was printed`);
  return Object.assign({}, ...reports);
}

/** Starts a program of this folder. */
export function start(args: readonly string[], within: readonly string[] = []) {
  const [program, ...rest] = args;
  const path = new URL(program, import.meta.url).pathname;
  const [executable, ...words] = [...within, Deno.execPath(), "run", "-A", "-q", path, ...rest];
  const child = new Deno.Command(executable, {
    args: words,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "", ended = false;
  return {
    /** Ends the program and waits for that. */
    async end(): Promise<void> {
      ended = true;
      try {
        child.kill("SIGKILL");
      } catch (thrown) {
        if (!(thrown instanceof TypeError)) throw thrown; // It has ended already.
      }
      await child.status;
      await reader.cancel();
    },
    /** The next lines, up to `most`, or up to the end of the program. */
    async lines(most = Infinity): Promise<Report[]> {
      const found: Report[] = [];
      while (found.length < most) {
        const end = text.indexOf("\n");
        if (end >= 0) {
          found.push(JSON.parse(text.slice(0, end)));
          text = text.slice(end + 1);
          continue;
        }
        const { value, done } = await reader.read();
        if (done) {
          const { success, code, signal } = await child.status;
          if (!success && !ended) throw new Error(`${args.join(" ")} has ended with ${signal ?? code}`);
          return found;
        }
        text += value;
      }
      return found;
    },
  };
}
