/**
 * The heap of this process: how large it is, how it is made small again, and whether there is time for that. The runtime lets it grow
 * with the rate of garbage, by tens of megabytes, and does not make it smaller when there is none any more.
 *
 * @module
 */
import type { Clock } from "../../contract/ports.ts";
import { processorTime, trimMemory } from "../c/libc.ts";

/** Returns the bytes that the heap takes, with what is free in it. */
export const heapSize = (): number => Deno.memoryUsage().heapTotal;

/**
 * Measures how much of the time this process works. @param share of a processor that counts as much
 *
 * @returns whether it has worked so much since the last call
 */
export function busyMeter(clock: Clock, share: number): () => boolean {
  let last = { at: clock.now(), worked: processorTime() };
  return () => {
    const now = { at: clock.now(), worked: processorTime() };
    const busy = now.worked - last.worked > share * (now.at - last.at);
    last = now;
    return busy;
  };
}

let collect: (() => void) | undefined;

/**
 * Frees what is garbage and gives the memory back to the system. This takes some milliseconds, in which nothing else runs. Where the
 * runtime has no function for it, the garbage stays for later.
 */
export async function shrinkHeap(): Promise<void> {
  if (!collect) {
    // They take time and memory, which most processes never need.
    const [{ runInNewContext }, { setFlagsFromString }] = await Promise.all([
      import("node:vm"),
      import("node:v8"),
    ]);
    // The function is there in contexts that are made after this; in older runtimes not in each: a name alone would throw.
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("globalThis.gc");
    setFlagsFromString("--no-expose-gc");
    if (typeof found === "function") collect = () => found();
  }
  collect?.();
  trimMemory();
}
