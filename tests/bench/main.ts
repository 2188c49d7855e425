/**
 * `deno task bench`: all figures, each with the bare floor of the same run where there is one. `deno task bench --write` puts the
 * table into docs/performance.md. Ends with status 1 when a demand is not reached.
 *
 * @module
 */
import { ipcpPid, localHost } from "../support/local_layer.ts";
import { benchAllocations, residentKb } from "./allocations.ts";
import { benchDataTransfer } from "./data_transfer.ts";
import { benchFlows } from "./flow_bench.ts";
import { benchLinkStateUpdates } from "./link_state_updates.ts";
import { benchShortestPaths } from "./shortest_paths.ts";
import { benchStartUp } from "./start_up.ts";
import { markdown, type Row } from "./table.ts";
import { benchUnicast } from "./unicast_bench.ts";

const MAX_IDLE_MB = 55;
const PAGE = new URL("../../docs/performance.md", import.meta.url);
const MARK = /<!-- bench -->[\s\S]*<!-- \/bench -->/;

const rows: Row[] = [];
{
  await using host = await localHost("bench", { logToFile: true });
  const idle = await residentKb(await ipcpPid(host)) / 1024;
  rows.push(...await benchFlows(host, "bench"));
  rows.push(...await benchAllocations(host, "bench"));
  rows.push({
    what: "one idle IPCP process, resident",
    value: `${idle.toFixed(1)} MB`,
    required: `≤ ${MAX_IDLE_MB} MB`,
    reached: idle <= MAX_IDLE_MB,
  });
  rows.push(...await benchStartUp(host));
}
rows.push(...await benchUnicast());
rows.push(...benchShortestPaths());
rows.push(...benchLinkStateUpdates());
rows.push(...benchDataTransfer());
const table = markdown(rows);
console.log(table);
if (Deno.args.includes("--write")) {
  const page = await Deno.readTextFile(PAGE);
  await Deno.writeTextFile(PAGE, page.replace(MARK, `<!-- bench -->\n\n${table}\n\n<!-- /bench -->`));
}
Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
