/**
 * How many flows a second one client allocates and deallocates, and whether the IRMd's memory grows with them.
 *
 * @module
 */
import { connect } from "../../mod.ts";
import type { LocalHost } from "../support/local_layer.ts";
import type { Row } from "./table.ts";

const IN_FLIGHT = 32;
const COUNT = 10_000;
const LONG = 50_000;
const MIN_RATE = 1500;
/** Milliseconds after which the IRMd has given back what its heap has grown by: it grows with the rate of allocation. */
const GIVEN_BACK = 12_000;
/** Growth that counts as none: what a heap breathes, in kB. */
const BREATH = 8 * 1024;

const SERVER = new URL("./accept_all.ts", import.meta.url).pathname;

/** Resident memory of a process in kB. */
export async function residentKb(pid: number): Promise<number> {
  const [, kb] = /^VmRSS:\s+(\d+) kB/m.exec(await Deno.readTextFile(`/proc/${pid}/status`)) ?? [];
  return Number(kb);
}

async function settledKb(pid: number): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, GIVEN_BACK));
  return await residentKb(pid);
}

/** Measures on a host where `name` is registered in a local layer. */
export async function benchAllocations(host: LocalHost, name: string): Promise<Row[]> {
  const server = host.program([Deno.execPath(), "run", "-A", "-q", SERVER]);
  await server.waitFor(/ready/);
  await host.ok(`irm bind process ${server.pid} name ${name}`);
  await using client = await connect({ runtimeFolder: host.folder });
  let left = 0;
  const worker = async () => {
    while (left-- > 0) await (await client.allocate(name)).deallocate();
  };
  const many = async (count: number) => {
    left = count;
    const start = performance.now();
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    return count / (performance.now() - start) * 1000;
  };
  await many(2000); // Warm-up.
  const rate = await many(COUNT);
  const before = await settledKb(host.irmd.pid);
  await many(LONG);
  const growth = await settledKb(host.irmd.pid) - before;
  return [{
    what: `${COUNT} flow allocations + deallocations, ${IN_FLIGHT} in flight`,
    value: `${Math.round(rate)}/s`,
    required: `≥ ${MIN_RATE}/s`,
    reached: rate >= MIN_RATE,
  }, {
    what: `growth of the IRMd over ${LONG} more`,
    value: `${(growth / 1024).toFixed(1)} MB`,
    required: `none (≤ ${BREATH / 1024} MB of a heap's breath)`,
    reached: growth <= BREATH,
  }];
}
