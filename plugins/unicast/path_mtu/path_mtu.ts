/**
 * The largest packet that arrives at one other member, found out with probes: hops in the middle may carry less than the first
 * one, and drop what is larger without a word. A core without I/O.
 *
 * @module
 */
import type { Clock, Timer } from "../../../core/contract/ports.ts";
import {
  type EndpointId,
  FLOW_ALLOCATION_HEADER_BYTES as SMALLEST,
} from "../wire/flow_allocation_message.ts";
import { AT_ONCE, nextSize } from "./path_mtu_search.ts";

/** A probe is sent so often before it counts as lost, and waited for so many milliseconds each time. */
const TRIES = 3;
const TRY_FOR = 1000;
/** Milliseconds until a size is confirmed, and until a larger one is tried again. */
const CONFIRM = 30_000;
const RAISE = 600_000;
/** A member that answers no probe at all is asked again after this many milliseconds, then twice as many, up to the last. */
const SILENCE = [30_000, 600_000] as const;
/** Milliseconds beyond the round trip after which a probe of the size that is in use is likely to be lost. */
const LATE = 50;
/** Milliseconds until a size is confirmed after routes have changed: others' have to settle, too. */
const SETTLE = 500;

/** What the search works with. */
export interface PathMtuContext {
  readonly clock: Clock;
  /** A fresh id for a probe and its answer, which nobody else can guess. */
  id(): EndpointId;
  /** Calls `run` after `delay` milliseconds. */
  after(delay: number, run: () => void): Timer;
  /** Milliseconds until a probe of so many bytes may be sent: its turn is kept for it. */
  turn(size: number): number;
  /** Sends a probe. */
  probe(id: EndpointId, size: number): void;
  /** {@link PathMtu.size} has changed. */
  changed(size: number): void;
}

/**
 * The size of the path to one member. A small probe comes first: a member that does not answer it (the reference does not) is
 * sent no others, and the own limit is believed. When a larger one is lost, another small one tells whether the path carries
 * anything at all; if it does not, nothing is learned.
 *
 * Users must not wait for that when the size that they use is too large: when its probe is not answered after a round trip, usual
 * sizes are tried all at once, and the largest that arrives is used until the search has ended.
 */
export class PathMtu {
  #limit: number;
  #size: number;
  /** The other member answers probes. */
  #answers = false;
  /** Greatest size of this search that arrived, smallest that did not; infinity: there is no search. */
  #low = SMALLEST;
  #high = Infinity;
  /** Size that is being tried; also of a try that was put off. */
  #target: number | undefined;
  /** The probe under way; a small one checks whether the path carries anything. */
  #probe: { readonly id: EndpointId; readonly size: number; tries: number; sentAt: number } | undefined;
  /** The last round trip of a probe, in milliseconds. */
  #roundTrip = 0;
  /** Sizes that are tried at once, by the upper half of their ids. */
  readonly #scouts = new Map<number, number>();
  #scouting: Timer | undefined;
  /** The largest of them that arrived. */
  #scouted = 0;
  #timer: Timer | undefined;
  #active = false;
  /** When something is to be done next. */
  #due = -Infinity;
  #raiseAt = Infinity;
  #raisedAt = -Infinity;
  #silence: number = SILENCE[0];

  /** @param limit largest packet that this member can send */
  constructor(private readonly context: PathMtuContext, limit: number) {
    this.#limit = limit;
    this.#size = limit;
  }

  /** Largest packet that arrives, as far as is known, in bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether the other member answers probes. */
  get answers(): boolean {
    return this.#answers;
  }

  /** For people: what is known of the path. */
  get state(): "unanswered" | "searching" | "known" {
    if (!this.#answers) return "unanswered";
    return this.#probe !== undefined && this.#high !== Infinity ? "searching" : "known";
  }

  /** Somebody uses the path. */
  start(): void {
    if (this.#active) return;
    this.#active = true;
    this.#rest(this.#due - this.context.clock.now());
  }

  /** Nobody uses it any more: what is known is kept. */
  stop(): void {
    this.#active = false;
    if (this.#probe) this.#due = this.context.clock.now();
    this.#halt();
  }

  /** This member can send packets of at most so many bytes now. */
  limit(limit: number): void {
    const before = this.#limit;
    if (limit === before) return;
    this.#limit = limit;
    if (!this.#answers || limit < this.#size) this.#tell(limit);
    if (!this.#answers) return;
    if (limit > before) {
      this.#raiseAt = this.context.clock.now();
      if (!this.#probe) this.#rest(0);
    } else if (this.#target !== undefined) {
      this.#low = SMALLEST;
      this.#scouted = 0;
      this.#high = Infinity;
      this.#target = limit;
      if (this.#probe) this.#begin();
    }
  }

  /** Packets may take other paths from now on. */
  routesChanged(): void {
    if (this.#probe) return;
    const now = this.context.clock.now();
    this.#raiseAt = Math.min(this.#raiseAt, Math.max(now + 2 * SETTLE, this.#raisedAt + CONFIRM));
    this.#rest(Math.min(SETTLE, this.#due - now));
  }

  /** An answer came. @returns whether it is one to the probe under way */
  answered({ high, low }: EndpointId, size: number): boolean {
    const probe = this.#probe;
    if (this.#scouts.get(high) === size) return this.#found(high, size);
    if (!probe || probe.id.high !== high || probe.id.low !== low || probe.size !== size) return false;
    if (probe.tries === 1) this.#roundTrip = this.context.clock.now() - probe.sentAt;
    this.#halt();
    if (size !== SMALLEST) this.#arrived(size);
    else if (this.#answers) this.#lost();
    else this.#met();
    return true;
  }

  /** Does what is due: goes on with what was put off, tries a larger size, or confirms the one that is known. */
  readonly #wake = (): void => {
    this.#timer = undefined;
    const now = this.context.clock.now();
    if (this.#target === undefined) {
      // The smallest size proves nothing when it is confirmed.
      const raise = this.#size < this.#limit && (now >= this.#raiseAt || this.#size <= SMALLEST);
      if (raise) this.#raisedAt = now;
      this.#raiseAt = raise ? now + RAISE : this.#raiseAt;
      this.#low = this.#size;
      this.#target = raise ? this.#limit : this.#size;
    }
    this.#begin();
  };

  /** Finds out about the target; about the member first, when it has never answered. */
  #begin(): void {
    this.#halt();
    if (this.#limit <= SMALLEST) return this.#rest(CONFIRM);
    this.#send(this.#answers ? this.#target ?? this.#size : SMALLEST);
  }

  #send(size: number): void {
    this.#probe = { id: this.context.id(), size, tries: 0, sentAt: 0 };
    this.#try();
  }

  readonly #try = (): void => {
    const probe = this.#probe;
    if (!probe) return;
    if (probe.tries === TRIES) return this.#unanswered(probe.size);
    probe.tries++;
    this.#timer = this.context.after(this.context.turn(probe.size), () => {
      this.#timer = this.context.after(TRY_FOR, this.#try);
      if (probe.tries === 1) this.#sent(probe);
      this.context.probe(probe.id, probe.size);
    });
  };

  #sent(probe: { readonly size: number; sentAt: number }): void {
    probe.sentAt = this.context.clock.now();
    if (!this.#answers || probe.size === SMALLEST || probe.size !== this.#size) return;
    this.#scouted = 0;
    this.#scouting = this.context.after(this.#roundTrip + Math.max(this.#roundTrip, LATE), this.#scout);
  }

  /** The size that is in use may be too large. */
  readonly #scout = (): void => {
    for (const size of AT_ONCE) {
      if (size <= SMALLEST || size >= this.#size) continue;
      const id = this.context.id();
      this.#scouts.set(id.high, size);
      this.context.after(this.context.turn(size), () => this.context.probe(id, size));
    }
  };

  /** A size that was tried at once arrives. */
  #found(high: number, size: number): boolean {
    this.#scouts.delete(high);
    if (size > this.#scouted && size <= this.#limit) {
      this.#scouted = size;
      this.#tell(size);
    }
    return true;
  }

  #unanswered(size: number): void {
    if (size > SMALLEST) return this.#send(SMALLEST);
    this.#halt();
    if (this.#answers) return this.#rest(CONFIRM);
    this.#target = undefined;
    this.#rest(this.#silence);
    this.#silence = Math.min(2 * this.#silence, SILENCE[1]);
  }

  #met(): void {
    this.#answers = true;
    this.#silence = SILENCE[0];
    this.#target = this.#limit;
    this.#begin();
  }

  #arrived(size: number): void {
    this.#low = size;
    if (size > this.#size || this.#size >= this.#high) this.#tell(size);
    this.#goOn();
  }

  /** The target does not arrive, and smaller packets do. */
  #lost(): void {
    this.#high = this.#target ?? this.#size;
    // What has arrived before does so no more.
    if (this.#high <= this.#low) this.#low = SMALLEST;
    this.#low = Math.max(this.#low, this.#scouted);
    this.#goOn();
  }

  #goOn(): void {
    this.#target = this.#high === Infinity ? undefined : nextSize(this.#low, this.#high);
    if (this.#target !== undefined) return this.#begin();
    if (this.#size >= this.#high) this.#tell(this.#low);
    this.#high = Infinity;
    const now = this.context.clock.now();
    if (this.#size < this.#limit) this.#raiseAt = Math.min(this.#raiseAt, now + RAISE);
    this.#rest(Math.min(CONFIRM, this.#size < this.#limit ? this.#raiseAt - now : CONFIRM));
  }

  #rest(delay: number): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const wait = Math.max(0, delay);
    this.#due = this.context.clock.now() + wait;
    if (!this.#active) return;
    if (wait === 0) this.#wake();
    else this.#timer = this.context.after(wait, this.#wake);
  }

  #halt(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#probe = undefined;
    this.#scouting?.cancel();
    this.#scouts.clear();
  }

  #tell(size: number): void {
    if (size === this.#size) return;
    this.#size = size;
    this.context.changed(size);
  }
}
