/**
 * Lets the process sleep in a call of its own, while there is traffic: in one epoll set with its sockets and with the set in which the
 * runtime itself waits.
 *
 * The runtime takes several wake-ups and tens of microseconds between a packet and the function that takes it. So this process waits
 * itself, within a turn of the runtime's event loop. An epoll descriptor can be watched like any other (epoll(7)): when that of the
 * runtime has events, or one of its timers is due, the turn ends, and the runtime does its work. What the threads of the runtime have
 * done is not told there; so no wait is long, and a process without traffic leaves the waiting to the runtime.
 *
 * @module
 */
import { TimerQueue } from "../../kit/timer_queue.ts";
import { closeFd, makePipe, netCalls } from "../c/net_calls.ts";
import { flowTimers, systemClock } from "../clock.ts";
import { callsToCome, endCall, endTurn, turnTaken, turnWanted } from "../turn.ts";
import { ADD, type Epoll, READABLE, REMOVE } from "./epoll.ts";
import type { Pace } from "./pace.ts";
import { openPipe, type Pipe } from "./pipe_handle.ts";
import { runtimeEpoll } from "./runtime_epoll.ts";
import { watchRuntimeTimers } from "./runtime_timers.ts";

const ONE_BYTE = new Uint8Array(new ArrayBuffer(1));
/** When a timer of the runtime is due: waits that are shorter, and how long they are, as it takes whole milliseconds. */
const SHORT_WAITS = 3, SHORT = 1;

/**
 * After something has happened the next thing is waited for within the same turn for a moment first: an answer often follows, and the
 * runtime's own turn takes longer than all that is done for a packet. Milliseconds of such a wait, and of all in one turn.
 */
const STAY = 1, MOST_STAY = 4;

/** Waits within turns of the runtime's event loop. */
export class ReactorWait {
  readonly #timers = new TimerQueue(systemClock);
  readonly #undo: () => void;
  #started = false;
  /** Within a turn, which goes on or starts the next one at its end. */
  #turning = false;
  #inside = false;
  #shortWaits = 0;
  /** The runtime's own set has events, at which it does not look while it has other things to do. */
  #runtimeWaits = false;

  /**
   * Makes it; undefined where the machine or the runtime do not allow it.
   *
   * @param pace says how long a wait may be
   * @param stays whether it may go on within a turn after something has happened
   * @param ready called with the number of events that a wait has found
   */
  static async open(
    epoll: Epoll,
    pace: Pace,
    stays: boolean,
    ready: (count: number) => void,
  ): Promise<ReactorWait | undefined> {
    const runtime = await runtimeEpoll();
    if (runtime === undefined) return undefined;
    // Reading from an eventfd would be an event itself: there is room to write.
    const [read, write] = makePipe();
    const pipe = openPipe(read);
    if (pipe) return new ReactorWait(epoll, { runtime, write, pipe }, pace, stays, ready);
    closeFd(write);
    return undefined;
  }

  private constructor(
    private readonly epoll: Epoll,
    private readonly of: { readonly runtime: number; readonly write: number; readonly pipe: Pipe },
    private readonly pace: Pace,
    private readonly stays: boolean,
    private readonly ready: (count: number) => void,
  ) {
    of.pipe.onRead(this.#turn);
    this.#undo = watchRuntimeTimers(this.#timers, () => {
      this.#shortWaits = SHORT_WAITS;
      this.#runtimeWaits = true;
    });
  }

  /** Waits once, in the next turn of the event loop. */
  start(): void {
    this.#started = true;
    if (!this.#inside) {
      this.#inside = true;
      this.epoll.control(ADD, this.of.runtime, READABLE);
    }
    if (!this.#turning) this.#soon();
  }

  /** Leaves the waiting to others, until the next start. */
  rest(): void {
    if (this.#inside) this.epoll.control(REMOVE, this.of.runtime, 0);
    this.#inside = false;
  }

  /** Ends it. Calls `done` when nothing is under way. */
  end(done: () => void): void {
    this.#started = false;
    this.rest();
    this.#undo();
    this.of.pipe.close(done);
    closeFd(this.of.write);
  }

  /** It has nothing to do but to wait then, and finds this among what has happened. */
  readonly #letRuntimeLook = (): void => {
    // In the turn before it has found that there is nothing to read.
    setImmediate(this.#wakeRuntime);
  };

  readonly #wakeRuntime = (): void => {
    netCalls().write(this.of.write, ONE_BYTE, 1n);
  };

  #soon(): void {
    setImmediate(this.#runtimeWaits ? this.#letRuntimeLook : this.#turn);
  }

  readonly #turn = (): void => {
    if (!this.#started) return;
    const end = systemClock.now() + MOST_STAY;
    this.#turning = true;
    turnTaken();
    try {
      let found = this.#waitOnce(this.pace.wait);
      while (found && this.#mayStay() && systemClock.now() < end) found = this.#waitOnce(STAY);
    } finally {
      this.#turning = false;
      if (this.#started) this.#soon();
    }
  };

  /** Nothing waits for a turn of the runtime, as far as it can be known. */
  #mayStay(): boolean {
    return this.stays && this.#started && !this.#runtimeWaits && callsToCome() === 0 && !turnWanted();
  }

  /** Waits so many milliseconds at most, and tells of what has happened. @returns whether something has */
  #waitOnce(limit: number): boolean {
    this.#started = false;
    const { epoll } = this;
    const patience = this.#patience(limit);
    const count = epoll.look(patience);
    // A wait that a timer has ended says nothing, and none that was only a moment.
    if (count > 0 || patience >= this.pace.wait) this.pace.waited(count > 0);
    this.#runtimeWaits = false;
    for (let index = 0; index < count; index++) {
      if (epoll.descriptor(index) === this.of.runtime) this.#runtimeWaits = true;
    }
    // Timers of the runtime fire when it looks; those of this process do now.
    this.#timers.fire();
    flowTimers.fire();
    this.ready(count);
    endCall();
    if (this.stays) {
      endTurn();
      endCall();
    }
    return count > 0;
  }

  /** Milliseconds that may be waited now. */
  #patience(limit: number): number {
    if (callsToCome() > 0) return 0;
    const short = this.#shortWaits > 0 && this.#shortWaits-- > 0;
    const next = Math.min(this.#timers.next, flowTimers.next);
    const left = Math.ceil(next - systemClock.now());
    return Math.max(0, Math.min(short ? SHORT : limit, left));
  }
}
