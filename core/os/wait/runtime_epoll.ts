/**
 * Finds the descriptor in which the runtime itself waits: a process that sleeps in a call of its own watches it too.
 *
 * @module
 */
import { CLOEXEC, netCalls, NON_BLOCKING } from "../c/net_calls.ts";
import { openPipe } from "./pipe_handle.ts";

/** How often it is looked for; milliseconds by which the pause between two tries grows. */
const TRIES = 10, PAUSE = 2;

/** Returns the descriptor, which stays open as long as the process; undefined where it is not found. */
export async function runtimeEpoll(): Promise<number | undefined> {
  const counter = netCalls().eventfd(0, NON_BLOCKING | CLOEXEC);
  if (counter < 0) return undefined;
  // From its next turn on the runtime waits for this one, too.
  const pipe = openPipe(counter);
  if (!pipe) return undefined;
  try {
    for (let tried = 0; tried < TRIES; tried++) {
      await new Promise<void>((resume) => setTimeout(resume, PAUSE * tried));
      const found = setWith(counter);
      if (found !== undefined) return found;
    }
    return undefined;
  } finally {
    await new Promise<void>((done) => pipe.close(done));
  }
}

/** Returns the descriptor of a set of events (`/proc/PID/fdinfo`, proc(5)) in which there is this one. */
function setWith(fd: number): number | undefined {
  const member = new RegExp(`^tfd: +${fd} `, "m");
  try {
    for (const { name } of Deno.readDirSync("/proc/self/fdinfo")) {
      if (member.test(infoOf(name))) return Number(name);
    }
  } catch {
    // There is no such folder, or it may not be read: nothing is found.
  }
  return undefined;
}

function infoOf(name: string): string {
  try {
    return Deno.readTextFileSync(`/proc/self/fdinfo/${name}`);
  } catch {
    // That was the descriptor by which the folder was read.
    return "";
  }
}
