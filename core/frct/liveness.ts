/**
 * Signs of life: an empty PDU after a quarter of the flow's time-out without any other, and the end of the flow when the other
 * end was silent for the whole of it. A packet costs two booleans here, no look at the clock.
 *
 * @module
 */
import { DEADLINE, type Deadlines } from "./deadlines.ts";

/** A look comes so much later than it should only when this process, not the other end, was asleep. */
const LATE = 1 / 8;
/** So often in a row the own sleep excuses the silence of the other end: timers that are always late must not keep a dead flow. */
const EXCUSES = 3;
/** Timers are too coarse for looks more often than that, in milliseconds. */
const LEAST_LOOK = 2;
/** Milliseconds of silence that end no flow, as hosts that are busy are late by so much. */
const LEAST_PATIENCE = 30;

/** What {@link Liveness} does with what it finds. */
export interface LivenessActions {
  /** Sends an empty PDU. */
  keepAlive(): void;
  /** The other end has been silent for too long. */
  dead(): void;
  /** Returns whether PDUs of the other end wait to be handed in. */
  waiting(): boolean;
}

/** Watches over both ends of a flow. */
export class Liveness {
  /** Set whenever a PDU is sent. */
  spoke = false;
  /** Set whenever a PDU has arrived. */
  heard = false;
  /** Not before this time was the last PDU sent. */
  #spokeAt: number;
  /** Not after this time did the last PDU arrive. */
  #heardAt: number;
  #lookedAt: number;
  #next = 0;
  #excuses = 0;
  /** Silence of the other end that ends the flow, in milliseconds. */
  readonly #patience: number;

  /** @param timeout milliseconds; 0: it does nothing */
  constructor(
    private readonly timeout: number,
    private readonly deadlines: Deadlines,
    private readonly actions: LivenessActions,
    now: number,
  ) {
    this.#spokeAt = this.#heardAt = this.#lookedAt = now;
    this.#patience = Math.max(timeout, LEAST_PATIENCE);
    if (timeout > 0) this.#lookAt(now, timeout / 8);
  }

  /** The time has come to look. */
  look(now: number): void {
    const { timeout } = this;
    const patience = this.#patience;
    if (this.heard || this.actions.waiting()) {
      this.#heardAt = now;
      this.#excuses = 0;
    } else if (now > this.#next + patience * LATE && this.#excuses++ < EXCUSES) {
      this.#heardAt = Math.max(this.#heardAt, now - patience / 2);
    }
    this.heard = false;
    if (now - this.#heardAt >= patience) return this.actions.dead();
    if (this.spoke) this.#spokeAt = this.#lookedAt;
    if (now - this.#spokeAt >= timeout / 4) {
      this.actions.keepAlive();
      this.#spokeAt = now;
    }
    this.spoke = false;
    this.#lookedAt = now;
    const next = Math.min(now + timeout / 8, this.#spokeAt + timeout / 4, this.#heardAt + patience);
    this.#lookAt(now, next - now);
  }

  #lookAt(now: number, later: number): void {
    this.#next = now + Math.max(LEAST_LOOK, later);
    this.deadlines.set(DEADLINE.liveness, this.#next);
  }
}
