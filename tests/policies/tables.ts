/**
 * The tables of docs/policies.md that the simulator makes.
 *
 * @module
 */
import { comeAndGo, fairness, greedyFlows, use } from "../simulation/congestion.ts";
import { behindRouters } from "../simulation/dumbbell.ts";
import { overload, OVERLOADS } from "../simulation/scheduling.ts";

/** The page that has the tables. */
export const PAGE = new URL("../../docs/policies.md", import.meta.url);
/** Milliseconds from one end of the line to the other. */
export const DELAY = 1;
/** A row of cells; the first row of a table has its heads. */
export type Rows = readonly (readonly string[])[];

/** Returns rows as a table of Markdown; cells of numbers stand at the right. */
export function markdown([heads, ...rows]: Rows, left: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map((_, at) => at < left ? "---" : "--:")), ...rows.map(line)].join("\n");
}

/** Returns whether docs/policies.md has a row of these cells. */
export function isInPage(cells: readonly string[]): boolean {
  const page = Deno.readTextFileSync(PAGE);
  const wanted = cells.join("|");
  return page.split("\n").some((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim()).join("|") === wanted
  );
}

export const megabits = (rate: number): string => rate >= 1e9 ? `${rate / 1e9} Gb/s` : `${rate / 1e6} Mb/s`;
export const part = (value: number): string => value.toFixed(2);
export const index = (value: number): string => value.toFixed(3);
export const time = (milliseconds: number): string => milliseconds.toFixed(milliseconds < 10 ? 1 : 0);

/** Milliseconds that so many packets of 1400 bytes take on a line. */
const waits = (packets: number, rate: number): number => packets * 8000 * 1400 / rate;

/** The heads of {@link sharingRow}. */
const SHARING = ["line", "flows", "policy", "use", "fairness", "lost", "queue (ms)", "longest (ms)"];

/** What greedy flows of one policy get on one line, from one host to another. */
export async function sharingRow(rate: number, flows: number, congestion: string) {
  const options = { rate, delay: DELAY, congestion, flows, warmUp: 5000, duration: 5000 };
  const { rates, lost, queue } = await greedyFlows(options);
  const found = {
    use: use(rates, rate),
    fairness: fairness(rates),
    lost,
    longest: waits(queue.longest, rate),
  };
  const cells = [
    ...[megabits(rate), `${flows}`, `\`${congestion}\``, part(found.use), index(found.fairness), `${lost}`],
    ...[time(waits(queue.mean, rate)), time(found.longest)],
  ];
  return { ...found, cells };
}

/** Greedy flows on one line, from one host to another. */
export async function sharingTable(rates: readonly number[]): Promise<Rows> {
  const rows = [SHARING];
  for (const rate of rates) {
    for (const flows of [2, 8, 32]) {
      for (const congestion of ["none", "mb-ecn"]) {
        rows.push((await sharingRow(rate, flows, congestion)).cells);
      }
    }
  }
  return rows;
}

/** What greedy flows of four hosts get that share a line between two routers. */
export async function behindRow(rate: number, flows: number, congestion: string) {
  const found = await behindRouters(rate, flows, congestion);
  const lost = found.lost === 0 ? "0" : `${(100 * found.lost).toFixed(1)} %`;
  const cells = [
    ...[megabits(rate), `${flows}`, `\`${congestion}\``, part(found.use), index(found.fairness), lost],
    ...[`${found.lostLater}`, time(found.delay), time(found.longest)],
  ];
  return { ...found, cells };
}

/** Greedy flows of four hosts that share a line between two routers. */
export async function behindTable(rates: readonly number[]): Promise<Rows> {
  const rows: string[][] = [[
    ...["line", "flows", "policy", "use", "fairness", "lost", "lost after 1 s"],
    ...["delay (ms)", "longest (ms)"],
  ]];
  for (const rate of rates) {
    for (const flows of [2, 4, 8, 32]) rows.push((await behindRow(rate, flows, "mb-ecn")).cells);
  }
  for (const flows of [2, 32]) rows.push((await behindRow(10e6, flows, "none")).cells);
  return rows;
}

/** Flows that come, one every so many seconds, and go again. */
export async function comingTable(rates: readonly number[]): Promise<Rows> {
  const rows: string[][] = [["line", "policy", "flows", "one every (s)", "least use", "least fairness"]];
  for (const rate of rates) {
    for (const step of [5000, 10_000]) {
      const phases = await comeAndGo({ rate, delay: DELAY, congestion: "mb-ecn", flows: 6, step });
      const least = (key: "use" | "fairness") => Math.min(...phases.map((phase) => phase[key]));
      rows.push([
        ...[
          megabits(rate),
          "`mb-ecn`",
          "1 to 6 to 1",
          `${step / 1000}`,
          part(least("use")),
          index(least("fairness")),
        ],
      ]);
    }
  }
  return rows;
}

/** Voice, video and best effort on a line that cannot carry them all. */
export async function cubesTable(rate: number): Promise<Rows> {
  const rows: string[][] = [
    [
      "load",
      "scheduling",
      "congestion",
      "cube",
      "offered (Mb/s)",
      "came (Mb/s)",
      "middle (ms)",
      "1 in 100 (ms)",
    ],
  ];
  for (const [load, kinds] of Object.entries(OVERLOADS)) {
    for (const scheduling of ["fifo", "priority"]) {
      for (const congestion of ["none", "mb-ecn"]) {
        const served = await overload(
          { rate, delay: DELAY, congestion, scheduling },
          kinds(rate),
          5000,
          10_000,
        );
        for (const { quality, offered, came, delay } of served) {
          rows.push([
            ...[load, `\`${scheduling}\``, `\`${congestion}\``, quality === "raw" ? "best effort" : quality],
            ...[(offered / 1e6).toFixed(1), (came / 1e6).toFixed(1), time(delay.middle), time(delay.late)],
          ]);
        }
      }
    }
  }
  return rows;
}
