/**
 * Mounts the RIB of an IRMd, for its user.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { Log, Timers } from "../../contract/ports.ts";
import { systemClock } from "../../os/clock.ts";
import { mountFuse } from "../../os/fuse/fuse_calls.ts";
import { FuseDevice } from "../../os/fuse/fuse_device.ts";
import { prepareMountFolder } from "../../os/fuse/mount_folder.ts";
import { EventLoopPoller } from "../../os/wait/event_loop_poller.ts";
import { type Ask, Rib } from "../../tools/rib/rib.ts";
import { RibFiles } from "./rib_files.ts";

/** Milliseconds for which what an IPCP has told is new enough for who looks around; what is opened is always new. */
const KEEP = 100;
/** What it is called where mounted file systems are listed. */
const NAME = "ouroboros";

/**
 * Mounts the RIB. Where that cannot be done the log says why: the IRMd works without it.
 *
 * @returns what ends it
 */
export async function openRib(
  folder: string,
  ask: Ask,
  timers: Timers,
  log: Log,
): Promise<() => Promise<void>> {
  try {
    return await mountRib(folder, ask, timers, log);
  } catch (thrown) {
    log.warning(`The RIB is not mounted at ${folder}: ${asOuroError(thrown).message}.`);
    return () => Promise.resolve();
  }
}

async function mountRib(folder: string, ask: Ask, timers: Timers, log: Log): Promise<() => Promise<void>> {
  const place = await prepareMountFolder(folder, NAME, timers);
  const owner = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };
  const poller = new EventLoopPoller();
  const mount = await mountFuse({ folder: place.path, name: NAME, ...owner });
  const device = new FuseDevice(mount, poller, (why) => log.warning(`The RIB at ${folder} is gone: ${why}.`));
  const files = new RibFiles(new Rib(ask, systemClock, KEEP), owner, systemClock, (message) => {
    device.answer(message);
    device.goOn();
  });
  device.serve(files);
  if (place.wasStale) log.info(`What an IRMd has left mounted at ${folder} is replaced.`);
  log.info(`RIB mounted at ${folder}.`);
  return async () => {
    try {
      await device.close();
      await poller.ended();
      await place.remove();
    } catch (thrown) {
      log.warning(`The RIB stays mounted at ${folder}: ${asOuroError(thrown).message}.`);
    }
  };
}
