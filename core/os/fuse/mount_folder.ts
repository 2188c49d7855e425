/**
 * The folder at which a file system is to be mounted: made where it is not there, freed of what a process has left that was killed.
 *
 * @module
 */
import { ExistsError, InvalidError } from "../../contract/errors.ts";
import type { Timers } from "../../contract/ports.ts";
import { runtimeError } from "../c/errno.ts";
import { unmountStale } from "./fuse_calls.ts";
import { typeMountedAt } from "./mount_table.ts";

/** Milliseconds in which a file system answers, if it is not dead. */
const PATIENCE = 1000;
/** File systems that dead processes have left over each other. */
const MAX_LAYERS = 16;
const NOT_CONNECTED = /os error 107/;

/** A folder that can be mounted over. */
export interface MountFolder {
  /** Without links: as the kernel names it. */
  readonly path: string;
  /** Whether something was left there by a process that was killed. */
  readonly wasStale: boolean;
  /** Removes the folder, if it was made for this. */
  remove(): Promise<void>;
}

/**
 * Prepares a folder for a file system of type `fuse.NAME`.
 *
 * @throws ExistsError when one is there whose process lives
 * @throws InvalidError when there is something in the folder, or it is none
 */
export async function prepareMountFolder(folder: string, name: string, timers: Timers): Promise<MountFolder> {
  const path = await withoutLinks(folder);
  let layers = 0;
  for (; typeMountedAt(path) === `fuse.${name}`; layers++) {
    if (layers === MAX_LAYERS || await answers(path, timers)) {
      throw new ExistsError(`something is mounted at ${path} that is in use: by another IRMd, perhaps`);
    }
    await unmountStale(path);
  }
  const made = await make(path);
  return {
    path,
    wasStale: layers > 0,
    remove: async () => {
      // Somebody may have put something there since.
      if (made) await Deno.remove(path).catch(() => {});
    },
  };
}

async function withoutLinks(folder: string): Promise<string> {
  const whole = folder.replace(/\/+$/, "");
  const at = whole.lastIndexOf("/");
  if (at < 0 || !folder.startsWith("/")) throw new InvalidError(`${folder} is no folder to mount at`);
  const [above, last] = [whole.slice(0, at) || "/", whole.slice(at + 1)];
  try {
    return `${(await Deno.realPath(above)).replace(/\/$/, "")}/${last}`;
  } catch (thrown) {
    throw runtimeError(thrown, `cannot mount at ${folder}`);
  }
}

/** Whether somebody answers for what is mounted, or may yet. */
async function answers(path: string, timers: Timers): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = timers.after(PATIENCE, () => late.resolve(true));
  const asked = Deno.stat(path).then(
    () => true,
    (thrown) => !(thrown instanceof Error && NOT_CONNECTED.test(thrown.message)),
  );
  const answer = await Promise.race([asked, late.promise]);
  timer.cancel();
  return answer;
}

/** Returns whether the folder was made. */
async function make(path: string): Promise<boolean> {
  try {
    await Deno.mkdir(path, { mode: 0o755 });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw runtimeError(thrown, `cannot make ${path}`);
  }
  try {
    for await (const entry of Deno.readDir(path)) {
      throw new InvalidError(`${path} is not empty (it has ${entry.name}): mount at another folder`);
    }
    return false;
  } catch (thrown) {
    throw runtimeError(thrown, `cannot mount at ${path}`);
  }
}
