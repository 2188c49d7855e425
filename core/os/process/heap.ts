/**
 * The heap of this process: how large it is, and how it is made small again. The runtime lets it grow with the rate of garbage, by tens
 * of megabytes, and does not make it smaller when there is none any more.
 *
 * @module
 */
import { trimMemory } from "../c/libc.ts";

/** Returns the bytes that the heap takes, with what is free in it. */
export const heapSize = (): number => Deno.memoryUsage().heapTotal;

let collect: (() => void) | undefined;

/** Frees what is garbage and gives the memory back to the system. This takes some milliseconds, in which nothing else runs. */
export async function shrinkHeap(): Promise<void> {
  if (!collect) {
    // They take time and memory, which most processes never need.
    const [{ runInNewContext }, { setFlagsFromString }] = await Promise.all([
      import("node:vm"),
      import("node:v8"),
    ]);
    // The function is there in contexts that are made after this.
    setFlagsFromString("--expose-gc");
    const found: unknown = runInNewContext("gc");
    setFlagsFromString("--no-expose-gc");
    collect = typeof found === "function" ? () => found() : () => {};
  }
  collect();
  trimMemory();
}
