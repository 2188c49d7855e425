/**
 * What the routing policies do in a layer: with alternates nothing is lost when a link goes, and flows share equal paths. The tables of
 * docs/policies.md are these; `deno task sim routing` prints them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { loseLinks } from "./lost_links.ts";
import { lossTable, pathTable } from "./routing_tables.ts";
import { sharePaths } from "./shared_paths.ts";

/** Milliseconds in which all members have heard of a link that went, and have computed: 20 after the first news. */
const NEXT_COMPUTATION = 60;

Deno.test("no packet is lost from when a link's ends see it gone, where they have a loop-free alternate", async () => {
  // Far away, and so near that a packet goes around in a circle until its hops are used up before anybody learns anything.
  for (const [delay, seed] of [[1, 3], [0.005, 4]]) {
    const { covered, others, last } = await loseLinks("lfa", delay, [seed]);
    assert(covered.sent > 50_000, `only ${covered.sent} packets were sent`);
    assert.equal(covered.lost, 0);
    assert(others.lost > 0, "nothing was lost where there is no alternate: nothing is shown");
    assert(last <= NEXT_COMPUTATION, `a packet was lost ${last} ms after the link had gone`);
  }
});

Deno.test("with ecmp flows share equal paths, and each keeps its order", async () => {
  const { packets, disordered, incomplete } = await sharePaths("ecmp");
  const share = packets.reduce((sum, one) => sum + one) / packets.length;
  for (const one of packets) assert(one > share / 2 && one < 2 * share, `${packets}`);
  assert.deepEqual([disordered, incomplete], [0, 0]);
});

Deno.test("the tables of routing policies are those of the page", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/policies.md", import.meta.url));
  const cells = (table: string) => table.replaceAll(/[ -]+/g, " ");
  for (const table of [await lossTable(), await pathTable()]) {
    assert(cells(page).includes(cells(table)), `docs/policies.md does not have:\n${table}`);
  }
});
