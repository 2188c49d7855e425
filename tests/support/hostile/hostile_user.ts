/**
 * Another user of a host, who means it ill.
 *
 * @module
 */
import type { Host } from "../host.ts";
import { putDeno } from "../install.ts";
import type { Process } from "../process.ts";

/** A user whom no test needs for anything else. */
export const HOSTILE = 65534;
/** An ordinary user, who suffers. */
export const HONEST = 65533;

const LOADS = new URL("./loads.ts", import.meta.url).pathname;

/** Returns what starts the loads of `loads.ts` as a user, from a place that this user can read. */
export async function hostileUser(
  host: Host,
  uid = HOSTILE,
): Promise<(load: string, count?: number, name?: string) => Process> {
  const place = `${host.folder}/hostile-${uid}`;
  await Deno.mkdir(place);
  await putDeno(`${place}/deno`);
  await Deno.copyFile(LOADS, `${place}/loads.ts`);
  await Deno.chmod(`${place}/loads.ts`, 0o644);
  await Deno.mkdir(`${place}/cache`);
  await Deno.chown(`${place}/cache`, uid, uid);
  const env = { DENO_DIR: `${place}/cache`, HOME: `${place}/cache` };
  const command = [`${place}/deno`, "run", "-A", "-q", "--no-config", `${place}/loads.ts`, host.folder];
  return (load, count = 200, name = "svc") => {
    const words = [load, String(count), name];
    return host.program([...command, ...words], { uid, gid: uid, env });
  };
}
