/**
 * A host with a local layer, ready for flows.
 *
 * @module
 */
import { writePrograms } from "./bin.ts";
import { Host, type HostOptions } from "./host.ts";

/** A {@link Host} with a folder of programs and a look at the IRMd's counts. */
export type LocalHost = Host & {
  /** Folder with `ouro` and `oping`. */
  readonly programs: string;
  /** What `irm status as JSON` says. */
  status(): Promise<Record<string, number>>;
};

/** A host with the local layer `ll` and `name` registered in it. */
export async function localHost(name: string, options: HostOptions = {}): Promise<LocalHost> {
  const host = await Host.start(options);
  const programs = `${host.folder}/bin`;
  await Deno.mkdir(programs);
  await writePrograms(programs, ["ouro", "oping"]);
  await host.ok("irm ipcp bootstrap type local name l layer ll");
  await host.ok(`irm name create ${name}`);
  await host.ok(`irm name register ${name} layer ll`);
  return Object.assign(host, {
    programs,
    status: async () => JSON.parse(await host.ok("irm status as JSON")),
  });
}

/** The pid of the only IPCP. */
export async function ipcpPid(host: Host): Promise<number> {
  const [, pid] = /^\|\s+(\d+) \|/m.exec(await host.ok("irm ipcp list")) ?? [];
  if (!pid) throw new Error("no IPCP is listed");
  return Number(pid);
}

/** Waits until `condition` holds; fails after a long time. */
export async function waitUntil(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
