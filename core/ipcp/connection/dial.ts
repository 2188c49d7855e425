/**
 * Reaches another IPCP over fresh N-1 flows, one after the other, until what is said over one of them comes to its end. The messages of
 * connection establishment and of enrollment have no number by which a repeated one could be known, so what gets lost is said anew on
 * another flow. Earlier flows are listened to all the while: on a long path theirs is the answer that comes first.
 *
 * @module
 */
import {
  AuthError,
  CryptError,
  FlowDownError,
  type OuroError,
  PermissionError,
  TimedOutError,
} from "../../contract/errors.ts";
import type { Lower, LowerFlow } from "../../contract/ipcp.ts";
import type { Clock, Timer, Timers } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import { Conversation, converse } from "./conversation.ts";

/**
 * Milliseconds of silence after which another flow is tried, at least: what the reference waits for an answer. Its acceptor takes one
 * connection at a time, and keeps each that it has taken, so it must not be asked again while it is only slow.
 */
const PATIENCE = 1000;
/** Longest that is waited for an answer because the allocation has taken long. */
const MOST_PATIENCE = 4000;
/** Flows that the other end may close without a word before that counts as a refusal. */
const CLOSED = 5;

/** How a {@link Dial} ends: exactly one of these is called, once, unless it is ended before. */
export interface DialEvents<T> {
  /** What was said has come to its end; the flow is the caller's from now on. */
  reached(flow: LowerFlow, value: T): void;
  /**
   * It has not.
   *
   * @param refused the other end has answered, and does not want
   */
  failed(error: OuroError, refused: boolean): void;
}

/** What a {@link Dial} works with. */
export interface DialParts<T> extends DialEvents<T> {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly lower: Lower;
  /** A name that the other IPCP accepts flows for. */
  readonly destination: string;
  /** What is waited for, for errors. */
  readonly what: string;
  /** Milliseconds after which it is given up. */
  readonly limit: number;
  /** Milliseconds after which another flow is asked for while a first one is not allocated; left out: never. */
  readonly again?: number;
  /** Quality of the next N-1 flow. @param tries flows that were tried before */
  qos(tries: number): QosSpec;
  /** Says what is to be said over a fresh flow; `reached` is called when that has come to its end. */
  speak(talk: Conversation, flow: LowerFlow, reached: (value: T) => void): void;
}

/** One flow. */
interface Try {
  flow?: LowerFlow;
  talk?: Conversation;
}

/** One attempt to reach another IPCP. */
export class Dial<T> {
  /** Those that may still succeed. */
  readonly #tries = new Set<Try>();
  readonly #limit: Timer;
  #next: Timer | undefined;
  #count = 0;
  #flows = 0;
  #closed = 0;
  #lastError: OuroError | undefined;
  #over = false;

  constructor(private readonly parts: DialParts<T>) {
    this.#limit = parts.timers.after(parts.limit, () => this.#expire());
  }

  /** Begins. */
  start(): void {
    this.#try();
  }

  /** Gives it up: nobody hears of it any more. Doing so twice is harmless. */
  end(): void {
    this.#over = true;
    this.#limit.cancel();
    this.#next?.cancel();
    for (const one of this.#tries) drop(one);
    this.#tries.clear();
  }

  #try(): void {
    const { lower, destination, clock, again } = this.parts;
    const one: Try = {};
    this.#tries.add(one);
    const asked = clock.now();
    this.#next = undefined;
    if (again !== undefined) this.#tryAfter(again);
    lower.allocate(destination, this.parts.qos(this.#count++), (outcome) => {
      if (!outcome.ok) return this.#notAllocated(one, outcome.error);
      if (this.#over) return outcome.value.deallocate();
      this.#flows++;
      this.#tryAfter(Math.min(MOST_PATIENCE, Math.max(PATIENCE, 2 * (clock.now() - asked))));
      this.#speak(one, outcome.value);
    });
  }

  #tryAfter(delay: number): void {
    this.#next?.cancel();
    this.#next = this.parts.timers.after(delay, () => this.#try());
  }

  #speak(one: Try, flow: LowerFlow): void {
    one.flow = flow;
    one.talk = converse(flow, () => {
      const talk = new Conversation(flow, this.parts.timers, (error) => this.#spoken(one, error));
      one.talk = talk;
      this.parts.speak(talk, flow, (value) => this.#reached(one, flow, value));
      return talk;
    });
  }

  #reached(one: Try, flow: LowerFlow, value: T): void {
    if (this.#over) return;
    one.talk?.end();
    this.#tries.delete(one);
    this.end();
    this.parts.reached(flow, value);
  }

  #notAllocated(one: Try, error: OuroError): void {
    if (this.#over) return;
    this.#tries.delete(one);
    // The layers below have asked as often as makes sense; only other flows that are under way leave hope.
    if (this.#tries.size === 0 && !passes(error)) return this.#fail(error, refuses(error));
    this.#goOn(error);
  }

  /** What is said over a flow has failed. */
  #spoken(one: Try, error: OuroError): void {
    if (this.#over) return;
    this.#tries.delete(one);
    drop(one);
    if (!passes(error) || ++this.#closed === CLOSED) return this.#fail(error, true);
    this.#goOn(error);
  }

  #goOn(error: OuroError): void {
    this.#lastError = error;
    if (this.#next === undefined) this.#tryAfter(PATIENCE);
  }

  #expire(): void {
    const { what, destination, limit } = this.parts;
    const heard = [...this.#tries].find(({ talk }) => talk?.unread !== undefined)?.talk?.unread;
    const last = heard ?? this.#lastError?.message;
    const because = last === undefined ? "" : `; last: ${last}`;
    const missed = this.#flows === 0
      ? `no flow to "${destination}" came within ${limit} ms`
      : `no ${what} from "${destination}" came within ${limit} ms, on ${this.#flows} flows`;
    this.#fail(new TimedOutError(`${missed}${because}`), false);
  }

  #fail(error: OuroError, refused: boolean): void {
    this.end();
    this.parts.failed(error, refused);
  }
}

/** What may be otherwise with the next flow. */
const passes = (error: OuroError): boolean =>
  error instanceof FlowDownError || error instanceof TimedOutError;

/** Somebody has answered. */
const refuses = (error: OuroError): boolean =>
  error instanceof AuthError || error instanceof CryptError || error instanceof PermissionError;

function drop({ flow, talk }: Try): void {
  talk?.end();
  flow?.deallocate();
}
