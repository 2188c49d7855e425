/**
 * `deno task bench`: all figures, each with the bare floor of the same run where there is one. `deno task bench --write` puts the
 * table into docs/performance.md. Ends with status 1 when a demand is not reached.
 *
 * @module
 */
import { ipcpPid, localHost } from "../support/local_layer.ts";
import { benchAllocations, residentKb } from "./allocations.ts";
import { benchConfiguration } from "./configuration.ts";
import { benchDataTransfer } from "./data_transfer.ts";
import { benchFlows, benchKinds } from "./flow_bench.ts";
import { benchForward } from "./forward_bench.ts";
import { benchLinkStateUpdates } from "./link_state_updates.ts";
import { benchOnDemand } from "./on_demand.ts";
import { benchOperf } from "./operf_bench.ts";
import { benchPluginGuard } from "./plugin_guard.ts";
import { benchSecurity } from "./security.ts";
import { benchShortestPaths } from "./shortest_paths.ts";
import { benchStartUp } from "./start_up.ts";
import { markdown, type Row, writeTable } from "./table.ts";
import { benchUnicast } from "./unicast_bench.ts";

const MAX_IDLE_MB = 55;

const rows: Row[] = [];
{
  await using host = await localHost("bench", { logToFile: true });
  const idle = await residentKb(await ipcpPid(host)) / 1024;
  rows.push(...await benchFlows(host, "bench"));
  rows.push(...await benchKinds(host, "bench"));
  rows.push(...await benchAllocations(host, "bench"));
  rows.push(...await benchForward(host));
  rows.push(...await benchOperf(host, "bench"));
  rows.push({
    what: "one idle IPCP process, resident",
    value: `${idle.toFixed(1)} MB`,
    required: `≤ ${MAX_IDLE_MB} MB`,
    reached: idle <= MAX_IDLE_MB,
  });
  rows.push(...await benchStartUp(host));
  rows.push(...await benchOnDemand(host));
}
rows.push(...await benchConfiguration());
rows.push(...await benchUnicast());
rows.push(...benchShortestPaths());
rows.push(...benchLinkStateUpdates());
rows.push(...benchDataTransfer());
rows.push(...await benchPluginGuard());
rows.push(...await benchSecurity());
console.log(markdown(rows));
if (Deno.args.includes("--write")) await writeTable("bench", rows);
Deno.exitCode = rows.every(({ reached }) => reached) ? 0 : 1;
