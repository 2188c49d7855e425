/**
 * `deno task sim [NODES] [GRAPH] [SEED]`: what layers of the built-in types cost. NODES and GRAPH may be lists with commas; GRAPH
 * may be the path of a list of edges. `deno task sim --write` puts the tables of all sizes and graphs into docs/scale.md.
 * `deno task sim routing` prints the tables of routing in docs/policies.md.
 * `deno task sim chaos [SEEDS] [FIRST]` plays the chaos story of `chaos.ts`, with 1000 seeds unless told otherwise.
 *
 * @module
 */
import { type NamedFindings, startTable, workTable } from "../../core/sim/experiment/report.ts";
import { readEdges } from "../../core/sim/experiment/topology.ts";
import { playChaos } from "./chaos_runs.ts";
import { graphOf, GRAPHS, measure } from "./layers.ts";
import { lossTable, pathTable } from "./routing_tables.ts";

if (Deno.args[0] === "chaos") Deno.exit(await playChaos(...Deno.args.slice(1).map(Number)) ? 0 : 1);
if (Deno.args[0] === "routing") {
  console.log(`${await lossTable()}\n\n${await pathTable()}`);
  Deno.exit(0);
}

const PAGE = new URL("../../docs/scale.md", import.meta.url);
const MARK = /<!-- sim -->[\s\S]*<!-- \/sim -->/;

const write = Deno.args.includes("--write");
const [nodes = "10,100,1000", graphs = Object.keys(GRAPHS).join(), seed = "1"] = write ? [] : Deno.args;
const found: NamedFindings[] = [];
const times = [
  "| graph | nodes | converged after (s) | all done after (s) | events (M) | resident at most so far (MB) |",
  "| ----- | ----: | ------------------: | -----------------: | ---------: | ---------------------------: |",
];

async function run(name: string, count: number): Promise<void> {
  const isFile = name.includes("/") || name.includes(".");
  const topology = isFile ? readEdges(await Deno.readTextFile(name)) : graphOf(name, count, Number(seed));
  const start = performance.now();
  const past = () => ((performance.now() - start) / 1000).toFixed(1);
  let converged = "";
  const findings = await measure(name, topology, Number(seed), (step) => {
    if (step === "converged") converged = past();
  });
  found.push(findings);
  const cells = [name, topology.nodes, converged, past(), (findings.events / 1e6).toFixed(2), largest()];
  times.push(`| ${cells.join(" | ")} |`);
}

/** Megabytes that the process has had in memory at most. */
function largest(): string {
  const found = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"));
  return found ? (Number(found[1]) / 1024).toFixed(0) : "?";
}

for (const count of nodes.split(",")) {
  for (const name of graphs.split(",")) await run(name, Number(count));
}
const [start, work] = [startTable(found), workTable(found)];
const real = times.join("\n");
console.log(`${start}\n${work}\n${real}`);
if (write) {
  const page = await Deno.readTextFile(PAGE);
  const parts = [
    "How layers come up:",
    start,
    "What is asked of them:",
    work,
    "Real time and memory of the simulation, one run after the other in one process:",
    real,
  ];
  await Deno.writeTextFile(
    PAGE,
    page.replace(MARK, `<!-- sim -->\n\n${parts.join("\n\n")}\n\n<!-- /sim -->`),
  );
}
