/**
 * Keeps the heap of the IRMd small: what many requests at once let it grow by is given back while they go on, and after them.
 *
 * @module
 */
import type { Timer, Timers } from "../contract/ports.ts";

/** Milliseconds between two looks. */
const INTERVAL = 10_000;
/** A heap of more bytes than this is made smaller. */
const LARGE = 24 << 20;
/** One that stays larger than that, because so much is in use, has to grow by this factor. */
const GROWTH = 1.5;

/** The heap of the process. */
export interface Heap {
  /** Returns its bytes. */
  size(): number;
  /** Makes it as small as it can be. */
  shrink(): Promise<void>;
}

/** Looks after the heap. @returns what ends that */
export function keepSmall(heap: Heap, timers: Timers): () => void {
  let timer: Timer;
  let limit = LARGE;
  const look = async () => {
    timer = timers.after(INTERVAL, look);
    if (heap.size() <= limit) return;
    await heap.shrink();
    limit = Math.max(LARGE, heap.size() * GROWTH);
  };
  timer = timers.after(INTERVAL, look);
  return () => timer.cancel();
}
