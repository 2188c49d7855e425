/**
 * How greedy flows use and share links in virtual time, kept as a table. `deno test -A plugins/unicast/transfer/sharing_test.ts --
 * --update` writes it anew.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Line } from "../../testing/unicast_line.ts";

const FILE = new URL("../__snapshots__/sharing.txt", import.meta.url);
const PACKET = 1400;
const HEADER = 15;

interface Trial {
  readonly policy: "none" | "mb-ecn";
  /** Megabits a second of the links in a line. */
  readonly links: readonly number[];
  readonly flows: number;
  /** Milliseconds that the process above needs for a packet. */
  readonly slowness?: number;
  /** Milliseconds before counting, and of counting. */
  readonly warmUp: number;
  readonly duration: number;
}

const TRIALS: readonly Trial[] = [
  { policy: "none", links: [100], flows: 1, warmUp: 1000, duration: 1000 },
  { policy: "mb-ecn", links: [10], flows: 1, warmUp: 1000, duration: 5000 },
  { policy: "mb-ecn", links: [100], flows: 1, warmUp: 1000, duration: 4000 },
  { policy: "mb-ecn", links: [1000], flows: 1, warmUp: 500, duration: 500 },
  { policy: "mb-ecn", links: [10_000, 100], flows: 1, warmUp: 1000, duration: 4000 },
  { policy: "mb-ecn", links: [10_000, 1000], flows: 1, warmUp: 1000, duration: 500 },
  { policy: "mb-ecn", links: [100], flows: 2, warmUp: 1000, duration: 4000 },
  { policy: "mb-ecn", links: [10_000, 100], flows: 4, warmUp: 2000, duration: 4000 },
  { policy: "mb-ecn", links: [10_000, 1000], flows: 2, warmUp: 2000, duration: 500 },
  { policy: "mb-ecn", links: [1000], flows: 1, slowness: 0.1, warmUp: 500, duration: 1000 },
];

interface Result {
  /** Parts of what the narrowest place carries. */
  readonly shares: readonly number[];
  /** Part of the packets that did not arrive, while counting. */
  readonly lost: number;
  /** Longest queue of a link, and of a process above. */
  readonly longest: number;
  readonly above: number;
}

function run({ policy, links, flows, slowness = 0, warmUp, duration }: Trial): Result {
  const line = new Line(policy, links.map((rate) => ({ rate: rate * 1e6, delay: 1 })));
  const pairs = Array.from({ length: flows }, () => line.flow());
  for (const [source, sink] of pairs) {
    source.greedy = PACKET;
    sink.slowness = slowness;
    source.resume();
  }
  line.time.advance(warmUp);
  const drops = () =>
    line.links.reduce((sum, [end]) => sum + end.dropped, 0) +
    pairs.reduce((sum, [, { dropped }]) => sum + dropped, 0);
  const before = pairs.map(([, sink]) => sink.received);
  const dropped = drops();
  line.time.advance(duration);
  const received = pairs.map(([, sink], index) => sink.received - before[index]);
  const wire = Math.min(...links) * 1e3 / 8 / (PACKET + HEADER);
  const most = duration * (slowness > 0 ? Math.min(wire, 1 / slowness) : wire);
  const lost = drops() - dropped;
  return {
    shares: received.map((count) => count / most),
    lost: lost / (lost + received.reduce((sum, count) => sum + count)),
    longest: Math.max(...line.links.map(([end]) => end.longest)),
    above: Math.max(...pairs.map(([, sink]) => sink.longest)),
  };
}

const percent = (part: number) => `${(100 * part).toFixed(0)} %`;

Deno.test("greedy flows use links well, share them, and keep queues bounded, as they did", async () => {
  const rows = TRIALS.map((trial) => {
    const result = run(trial);
    const { policy, links, slowness = 0 } = trial;
    const use = result.shares.reduce((sum, share) => sum + share);
    const what = `${policy}, ${links.join(" then ")} Mb/s${slowness > 0 ? ", slow reader" : ""}`;
    assert(use >= 0.9, `${what}: ${percent(use)} is used`);
    const even = use / trial.flows;
    assert(result.shares.every((share) => share > even / 2), `${what}: ${result.shares.map(percent)}`);
    assert(result.lost < 0.02, `${what}: ${percent(result.lost)} is lost`);
    assert(result.longest <= 1024 && result.above <= 1024);
    return [
      what,
      percent(use),
      result.shares.map(percent).join(" "),
      percent(result.lost),
      result.longest,
      result.above,
    ];
  });
  const heads = ["what", "used", "shares", "lost", "longest queue", "above"];
  const table = [heads, ...rows].map((row) => `${row.join(" | ")}\n`).join("");
  if (Deno.args.includes("--update")) await Deno.writeTextFile(FILE, table);
  assert.equal(table, await Deno.readTextFile(FILE));
});
