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
  const findings = await measure(name, topology, Number(seed));
  const seconds = (performance.now() - start) / 1000;
  found.push(findings);
  const { rss } = Deno.memoryUsage();
  times.push(
    `${name} of ${topology.nodes}: ${seconds.toFixed(1)} s, ${
      (findings.events / 1e6).toFixed(2)
    } M events, ` +
      `${(rss / 1e6).toFixed(0)} MB resident`,
  );
}

for (const count of nodes.split(",")) {
  for (const name of graphs.split(",")) await run(name, Number(count));
}
console.log(`${startTable(found)}\n${workTable(found)}\n${times.join("\n")}`);
