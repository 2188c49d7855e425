/**
 * Reliable flows on impaired paths: many seeds, and a table of goodput, kept as a snapshot.
 * `deno test -A tests/simulation/frct_test.ts -- --update` writes it anew, here and in docs/flows.md.
 *
 * @module
 */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import { FlowPair, Transfer } from "../../core/testing/flow_pair.ts";
import { checkSeed } from "../support/impaired_flows.ts";

const LOSSES = [0, 0.001, 0.01, 0.02, 0.05, 0.1];
const DELAYS = [0, 5, 50];
const PACKETS = 20_000;
const BYTES = 1400;
const PAGE = new URL("../../docs/flows.md", import.meta.url);
const MARK = /<!-- goodput -->[\s\S]*<!-- \/goodput -->/;

/** Megabits of packets a second over a line of 100 Mb/s; also the part of the packets that was sent again. */
function goodput(loss: number, delay: number): { readonly rate: number; readonly again: number } {
  const pair = new FlowPair({ qos: QOS.data, seed: 1, path: { loss, delay, rate: 100e6 } });
  const transfer = new Transfer(pair, PACKETS, BYTES);
  transfer.run(600_000);
  assert.deepEqual([transfer.received, transfer.wrong], [PACKETS, undefined]);
  const time = transfer.finishedAt ?? Infinity;
  const again = pair.ends[0].flow.stats.retransmitted / PACKETS;
  return { rate: 8 * PACKETS * BYTES / 1000 / time, again };
}

Deno.test("goodput of a reliable flow is what it was, and at 1 % loss and 5 ms at least 0.6 of that without loss", () => {
  const percent = (part: number) => `${(100 * part).toFixed(1)} %`;
  const lines = [
    `| delay, one way | ${LOSSES.map((loss) => `${percent(loss)} loss`).join(" | ")} |`,
    `| -------------: | ${LOSSES.map(() => "--------------:").join(" | ")} |`,
  ];
  for (const delay of DELAYS) {
    const found = LOSSES.map((loss) => goodput(loss, delay));
    lines.push(
      `| ${delay} ms | ${
        found.map(({ rate, again }) => `${rate.toFixed(1)} (${percent(again)})`).join(" | ")
      } |`,
    );
    if (delay === 5) assert(found[2].rate >= 0.6 * found[0].rate, `${found[2].rate} of ${found[0].rate}`);
  }
  const table = `${lines.join("\n")}\n`;
  const file = new URL("./snapshots/frct.txt", import.meta.url);
  if (Deno.args.includes("--update")) {
    Deno.writeTextFileSync(file, table);
    const page = Deno.readTextFileSync(PAGE);
    Deno.writeTextFileSync(PAGE, page.replace(MARK, `<!-- goodput -->\n\n${table}\n<!-- /goodput -->`));
  }
  assert.equal(table, Deno.readTextFileSync(file));
});

Deno.test("500 seeds of impairments and closes: never a wrong byte, never a hang", () => {
  for (let seed = 1001; seed <= 1500; seed++) checkSeed(seed);
});
