/**
 * What layers of 10 and 100 members cost, kept as a snapshot. `deno test -A tests/simulation/scale_test.ts -- --update` writes it
 * anew.
 *
 * @module
 */
import assert from "node:assert/strict";
import { startTable, workTable } from "../../core/sim/experiment/report.ts";
import { graphOf, GRAPHS, measure } from "./layers.ts";

const SEED = 1;

async function tables(sizes: readonly number[], graphs: readonly string[]): Promise<string> {
  const found = [];
  for (const nodes of sizes) {
    for (const name of graphs) found.push(await measure(name, graphOf(name, nodes, SEED), SEED));
  }
  return `${startTable(found)}\n${workTable(found)}`;
}

Deno.test("layers of 10 and 100 members cost what they did", async () => {
  const file = new URL("./snapshots/scale.txt", import.meta.url);
  const now = await tables([10, 100], Object.keys(GRAPHS));
  if (Deno.args.includes("--update")) await Deno.writeTextFile(file, now);
  assert.equal(now, await Deno.readTextFile(file));
});

Deno.test("a seed replays a run, byte for byte; another one does not", async () => {
  const [one, again] = [await tables([25], ["random"]), await tables([25], ["random"])];
  assert.equal(again, one);
  const other = await measure("random", graphOf("random", 25, 2), 2);
  assert.notEqual(`${startTable([other])}\n${workTable([other])}`, one);
});
