/**
 * Keeps the heap of the IRMd small: what many requests at once let it grow by is given back after them, and while they go on only
 * where it is much, as everybody waits meanwhile.
 *
 * @module
 */
import type { Timer, Timers } from "../contract/ports.ts";

/** Milliseconds between two looks. */
const INTERVAL = 5000;
/** A heap of more bytes than this is made smaller: while the process has little to do, and while it has much. */
const LARGE = { idle: 24 << 20, busy: 36 << 20 };
/** One that stays larger than that, because so much is in use, has to grow by this factor. */
const GROWTH = 1.5;

/** The heap of the process. */
export interface Heap {
  /** Returns its bytes. */
  size(): number;
  /** Whether the process has worked a good part of the time since the last call. */
  busy(): boolean;
  /** Makes it as small as it can be. */
  shrink(): Promise<void>;
}

/** Looks after the heap. @returns what ends that */
export function keepSmall(heap: Heap, timers: Timers): () => void {
  let timer: Timer;
  /** So much was in use, after it was last made smaller. */
  let used = 0;
  const look = async () => {
    timer = timers.after(INTERVAL, look);
    const large = heap.busy() ? LARGE.busy : LARGE.idle;
    if (heap.size() <= Math.max(large, used * GROWTH)) return;
    await heap.shrink();
    used = heap.size();
  };
  timer = timers.after(INTERVAL, look);
  return () => timer.cancel();
}
