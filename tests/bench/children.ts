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

/** Runs a server and, once it has said its pid, a client; gives the last line that either of them printed. */
export async function pairOf(
  serverArgs: readonly string[],
  clientArgs: (pid: number) => readonly string[] | Promise<readonly string[]>,
): Promise<Report> {
  const server = start(serverArgs);
  const [first] = await server.lines(1);
  const client = start(await clientArgs(first.pid));
  const [fromClient, fromServer] = await Promise.all([client.lines(), server.lines()]);
  const report = [...fromClient, ...fromServer].at(-1);
  if (!report) throw new Error(`${serverArgs.join(" ")}: no figure was printed`);
  return report;
}

/** Starts a program of this folder. */
export function start(args: readonly string[]) {
  const [program, ...rest] = args;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", new URL(program, import.meta.url).pathname, ...rest],
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
          const { success } = await child.status;
          if (!success && !ended) throw new Error(`${args.join(" ")} failed`);
          return found;
        }
        text += value;
      }
      return found;
    },
  };
}
