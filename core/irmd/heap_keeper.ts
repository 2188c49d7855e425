/**
 * Keeps the heap of the IRMd small: what many requests at once let it grow by is given back after them, and while they go on now and then,
 * or at once where it is much: everybody waits meanwhile, and what runs is slower for some time after it.
 *
 * @module
 */
import type { Timer, Timers } from "../contract/ports.ts";

/** Milliseconds between two looks. */
const INTERVAL = 5000;
/** A heap of more bytes than this is made smaller; of a process that has much to do, when that was not done lately, or it is huge. */
const LARGE = 24 << 20, HUGE = 44 << 20;
/** Looks after which it was not done lately. */
const LATELY = 6;
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
  let looks = 0;
  const look = async () => {
    timer = timers.after(INTERVAL, look);
    const soon = heap.busy() && ++looks < LATELY;
    if (heap.size() <= Math.max(soon ? HUGE : LARGE, used * GROWTH)) return;
    looks = 0;
    await heap.shrink();
    used = heap.size();
  };
  timer = timers.after(INTERVAL, look);
  return () => timer.cancel();
}
