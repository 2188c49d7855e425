/**
 * Where labs are kept while they are there, and how all of one is removed, also when whoever made it was killed.
 *
 * @module
 */
import { systemRandom, systemTimers } from "../../os/clock.ts";
import { pid } from "../../contract/ids.ts";
import { processesWith, runToEnd } from "../../os/process/lab_processes.ts";
import { liveSince, signalAll } from "../../os/process/processes.ts";
import { listFolder, makeFolder, readText, removeFolder, writeText } from "../../os/files.ts";

/** The variable by which processes of a lab are found; its value is the lab. */
export const LAB_VARIABLE = "OURO_LAB";
/** The variable that says which host of it. */
export const HOST_VARIABLE = "OURO_LAB_HOST";

/** Where labs of this user are. */
export const labsFolder = (): string => `${Deno.env.get("TMPDIR") || "/tmp"}/ouro-lab-${Deno.uid() ?? 0}`;
const OWNER = "owner";

/** A lab. */
export interface LabPlace {
  readonly id: string;
  readonly folder: string;
}

/** Makes the folder of a new lab. */
export async function newLab(): Promise<LabPlace> {
  const id = systemRandom.bytes(3).toHex();
  const folder = `${labsFolder()}/${id}`;
  await makeFolder(folder);
  await writeText(`${folder}/${OWNER}`, `${Deno.pid} ${liveSince(pid(Deno.pid))}`);
  return { id, folder };
}

/** Returns the name of the network namespace of a host. */
export const namespaceOf = ({ id }: LabPlace, host: number): string => `ouro-lab-${id}-${host}`;

/** Returns the labs whose maker has ended. */
export async function leftLabs(): Promise<LabPlace[]> {
  const found: LabPlace[] = [];
  for (const id of await listFolder(labsFolder())) {
    const folder = `${labsFolder()}/${id}`;
    const [owner, since] = (await readText(`${folder}/${OWNER}`).catch(() => "")).split(" ").map(Number);
    // Another process may have got its number.
    if (liveSince(pid(owner)) !== since || since === undefined) found.push({ id, folder });
  }
  return found;
}

/** Ends the processes of a lab, and removes its networks and its folder. */
export async function removeLab({ id, folder }: LabPlace): Promise<void> {
  // What one of them starts meanwhile is found by the next look.
  for (let look = 0; look < 50; look++) {
    const pids = processesWith({ [LAB_VARIABLE]: id });
    if (pids.length === 0) break;
    signalAll(pids, "SIGKILL");
    await new Promise((done) => systemTimers.after(20, () => done(undefined)));
  }
  for (const name of await listFolder("/run/netns")) {
    if (name.startsWith(`ouro-lab-${id}-`)) await runToEnd("ip", "netns", "delete", name);
  }
  await removeFolder(folder);
}
