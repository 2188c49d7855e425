/**
 * Reliable flows over long paths, and beside each other and TCP on one line: tables, kept as snapshots.
 * `deno test -A tests/simulation/long_paths_test.ts -- --large` makes the rows of 1 Gb/s too; with `--update` behind it, they are
 * written anew, here and in docs/flows.md.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ReliableSender, type Sender, SharedLine, TcpSender } from "./shared_line.ts";

const LARGE = Deno.args.includes("--large");
const UPDATE = Deno.args.includes("--update");
const PAGE = new URL("../../docs/flows.md", import.meta.url);
/** Bits of the largest packet of a flow, and milliseconds of the way. */
const BITS = 8 * 1400;
const WAY = 50;

/** Compares a table with its snapshot, row by row, as far as rows were made; or writes it, and into the page at its mark. */
function check(name: string, lines: readonly string[]): void {
  const file = new URL(`./snapshots/${name}.txt`, import.meta.url);
  const text = `${lines.join("\n")}\n`;
  if (UPDATE) {
    Deno.writeTextFileSync(file, text);
    const mark = new RegExp(`<!-- ${name} -->[\\s\\S]*<!-- /${name} -->`);
    const page = Deno.readTextFileSync(PAGE);
    Deno.writeTextFileSync(PAGE, page.replace(mark, `<!-- ${name} -->\n\n${text}\n<!-- /${name} -->`));
  }
  const kept = Deno.readTextFileSync(file);
  for (const line of lines) assert(kept.includes(`${line}\n`), `not as it was: ${line}`);
}

/** Lets senders begin one after the other, and time pass. Returns what each got between two times, in Mb/s. */
function rates(line: SharedLine, senders: readonly Sender[], from: number, to: number): number[] {
  const { scheduler } = line;
  for (const [at, sender] of senders.entries()) scheduler.after(1000 * at, () => sender.start());
  scheduler.advance(from);
  const before = senders.map(({ arrived }) => arrived);
  scheduler.advance(to - from);
  return senders.map(({ arrived }, at) => (arrived - before[at]) * BITS / (to - from) / 1000);
}

Deno.test("reliable flow: a path of 50 ms each way is used, to 0.9 without loss and to 0.7 with 1 % loss, after 5 s", () => {
  const lines = ["| line | loss | Mb/s after 5 s | part of the line |", "| -: | -: | -: | -: |"];
  for (const rate of LARGE ? [10, 100, 1000] : [10, 100]) {
    for (const loss of [0, 0.01]) {
      const line = new SharedLine({ rate: rate * 1e6, delay: WAY, loss });
      const [found] = rates(line, [new ReliableSender(line, 1)], 5000, 8000);
      const part = found / rate;
      assert(part >= (loss === 0 ? 0.9 : 0.7), `${found} of ${rate} Mb/s with a loss of ${loss}`);
      lines.push(`| ${rate} Mb/s | ${100 * loss} % | ${found.toFixed(1)} | ${part.toFixed(2)} |`);
    }
  }
  check("long-paths", lines);
});

Deno.test("reliable flow: on a line of 10 Mb/s it shares with another one, and with TCP, between 0.3 and 3 to 1", () => {
  const lines = [
    "| delay, one way | queue | two flows | a flow, TCP later | TCP, a flow later |",
    "| -: | -: | -: | -: | -: |",
  ];
  for (const delay of [1, 10, 50]) {
    for (const queue of [20, 100, 300]) {
      const both = (make: (line: SharedLine) => readonly Sender[]) => {
        const line = new SharedLine({ rate: 10e6, delay, queue });
        const [one, two] = rates(line, make(line), 15_000, 60_000);
        const ratio = one / two;
        assert(ratio > 0.3 && ratio < 3, `${one} and ${two} Mb/s with ${delay} ms and ${queue} packets`);
        return `${one.toFixed(1)} : ${two.toFixed(1)}`;
      };
      const two = both((line) => [new ReliableSender(line, 1), new ReliableSender(line, 2)]);
      const first = both((line) => [new ReliableSender(line, 1), new TcpSender(line)]);
      const later = both((line) => [new TcpSender(line), new ReliableSender(line, 1)]);
      lines.push(`| ${delay} ms | ${queue} packets | ${two} | ${first} | ${later} |`);
    }
  }
  check("sharing", lines);
});
