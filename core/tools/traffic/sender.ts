/**
 * Sends packets at a rate, or as fast as a flow takes them.
 *
 * @module
 */
import type { Clock, Timers } from "../../contract/ports.ts";
import type { Flow } from "../../flow/flow.ts";

/** What is sent. */
export interface Traffic {
  /** Milliseconds between two packets; 0: as fast as the flow takes them. */
  readonly interval: number;
  /** Milliseconds for which is sent. */
  readonly duration: number;
  /** Gives the packet of this number, counted from 0. It is copied before the next one is asked for. */
  packet(number: number): Uint8Array;
}

/** What was sent. */
export interface Sent {
  readonly packets: number;
  /** Milliseconds that it took. */
  readonly took: number;
}

/** Milliseconds after which a sender that never waits for room lets others have their turn. */
const TURN = 20;
/** Packets between two looks at the clock. */
const LOOK = 32;

/**
 * Sends until the time is over or `stop` is raised. A packet that was not due in its time, since the machine was busy, is sent late:
 * the rate is right on average.
 *
 * @throws what writing to the flow throws, but for its end by `stop`
 */
export async function send(
  flow: Pick<Flow, "tryWrite" | "write">,
  { interval, duration, packet }: Traffic,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
  stop: AbortSignal,
): Promise<Sent> {
  const start = clock.now();
  const due = (past: number) => interval === 0 ? Infinity : Math.floor(past / interval) + 1;
  let packets = 0;
  let turn = start;
  for (let past = 0; past < duration && !stop.aborted;) {
    const until = Math.min(due(past), packets + LOOK);
    for (; packets < until; packets++) {
      const bytes = packet(packets);
      if (flow.tryWrite(bytes)) continue;
      await flow.write(bytes, { signal: stop });
      turn = clock.now();
    }
    const now = clock.now();
    past = now - start;
    const wait = interval === 0 ? 0 : Math.min(packets * interval, duration) - past;
    if (wait > 0 || now - turn > TURN) {
      await pause(timers, Math.max(wait, 0), stop);
      turn = clock.now();
      past = turn - start;
    }
  }
  return { packets, took: clock.now() - start };
}

/** Resolves after so many milliseconds, or when `stop` is raised. */
export function pause(timers: Timers, wait: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      timer.cancel();
      stop.removeEventListener("abort", done);
      resolve();
    };
    const timer = timers.after(wait, done);
    if (stop.aborted) done();
    else stop.addEventListener("abort", done);
  });
}
