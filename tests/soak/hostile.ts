/**
 * A host with a hostile user: all loads at once, and what another one notices of them.
 *
 * @module
 */
import { hostileUser } from "../support/hostile/hostile_user.ts";
import { localHost } from "../support/local_layer.ts";

/** The loads of tests/support/hostile/loads.ts that run at once. */
const LOADS = ["requests", "notifications", "unread", "hello", "silence", "garbage", "flows", "sockets"];
/** Commands that are timed on the quiet host. */
const QUIET = 20;
/** Bytes that the memory of the IRMd may reach, and those of its log in a minute. */
const MAX_MEMORY = 150 << 20;
const MAX_LOG = 1 << 20;

/** Runs all loads for so many seconds; true when others notice little and the IRMd stays small. */
export async function hostile(seconds = 600): Promise<boolean> {
  await using host = await localHost("svc", { logToFile: true });
  await host.ok(`irm bind program ${host.programs}/oping name svc`);
  host.spawn(["oping", "--listen"]);
  const timed = async () => {
    const begun = performance.now();
    await host.ok("irm name list");
    return performance.now() - begun;
  };
  const quiet: number[] = [];
  while (quiet.length < QUIET) quiet.push(await timed());
  const start = await hostileUser(host);
  const users = LOADS.map((load) => start(load));
  const loaded: number[] = [];
  let failed = 0, flows = 0, memory = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    loaded.push(await timed());
    flows++;
    if ((await host.run("oping -n svc -c 1 -i 1ms")).code !== 0) failed++;
    memory = Math.max(memory, await residentBytes(host.irmd.pid));
  }
  for (const user of users) user.kill("SIGKILL");
  const log = (await Deno.stat(`${host.folder}/irmd.log`)).size * 60 / seconds;
  const median = (times: number[]) => times.toSorted((a, b) => a - b)[times.length >> 1];
  const slower = median(loaded) / median(quiet);
  const slowest = Math.max(...loaded) / Math.max(...quiet);
  console.log(
    `hostile: irm name list ${slower.toFixed(1)} times (slowest ${
      slowest.toFixed(1)
    } times) as long as on a quiet host; ` +
      `${flows - failed} of ${flows} flows; memory ${memory >> 20} MiB; log ${
        Math.round(log / 1024)
      } KiB a minute`,
  );
  return slower <= 2 && slowest <= 10 && failed === 0 && memory <= MAX_MEMORY && log <= MAX_LOG;
}

async function residentBytes(pid: number): Promise<number> {
  const found = /^VmRSS:\s+(\d+) kB/m.exec(await Deno.readTextFile(`/proc/${pid}/status`));
  return Number(found?.[1] ?? 0) * 1024;
}
