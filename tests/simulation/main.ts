/**
 * `deno task sim [NODES] [GRAPH] [SEED]`: what layers of the built-in types cost. NODES and GRAPH may be lists with commas; GRAPH
 * may be the path of a list of edges.
 *
 * @module
 */
import { type NamedFindings, startTable, workTable } from "../../core/sim/report.ts";
import { readEdges } from "../../core/sim/topology.ts";
import { graphOf, GRAPHS, measure } from "./layers.ts";

const [nodes = "10,100,1000", graphs = Object.keys(GRAPHS).join(), seed = "1"] = Deno.args;
const found: NamedFindings[] = [];
const times: string[] = [];

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
  times.push(
    `${name} of ${topology.nodes}: converged after ${converged} s of real time, all done after ${past()} s, ` +
      `${(findings.events / 1e6).toFixed(2)} M events, ${largest()} MB resident at most so far`,
  );
}

/** Megabytes that the process has had in memory at most. */
function largest(): string {
  const found = /VmHWM:\s*(\d+)/.exec(Deno.readTextFileSync("/proc/self/status"));
  return found ? (Number(found[1]) / 1024).toFixed(0) : "?";
}

for (const count of nodes.split(",")) {
  for (const name of graphs.split(",")) await run(name, Number(count));
}
console.log(`${startTable(found)}\n${workTable(found)}\n${times.join("\n")}`);
