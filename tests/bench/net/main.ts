/**
 * `deno task bench:net`: flows between two hosts in network namespaces, each figure with the bare floor of the same run.
 * `--write` puts the table into docs/performance.md. Ends with status 1 when a demand is not reached.
 *
 * @module
 */
import { markdown, writeTable } from "../table.ts";
import { benchNetworks } from "./networks.ts";

const rows = await benchNetworks();
console.log(markdown(rows));
if (Deno.args.includes("--write")) await writeTable("bench:net", rows);
Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
