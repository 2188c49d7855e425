/**
 * Requests that wait for an answer. An answer counts only with the cookie of a request, from the node that was asked,
 * for the key that was asked for.
 *
 * @module
 */
import type { Address } from "../../../../core/contract/ids.ts";
import type { Timer } from "../../../../core/contract/ports.ts";
import { RoundTripEstimator } from "../../../../core/kit/round_trip_estimator.ts";
import type { DhtFind, DhtFindNodeReply, DhtFindValueReply } from "../dht_message.ts";
import { ANSWERED, MENTIONED } from "../table/bucket_table.ts";
import type { Node } from "../table/node.ts";
import { MAX_REQUESTS, REQUEST_LIFE } from "../parameters.ts";

/** Milliseconds before a request is repeated: before any answer has come, at least, and at most. */
const FIRST_TIMEOUT = 50;
const MIN_TIMEOUT = 40;
const MAX_TIMEOUT = 1000;
/** How often a question is repeated before another one is asked. */
const REPETITIONS = 2;

/** An answer. */
export type Reply = DhtFindNodeReply | DhtFindValueReply;

/** A question, and who wants to know. Each call comes at most once; `answered` may come after `failed`. */
export interface Question {
  readonly to: Address;
  readonly type: DhtFind["type"];
  readonly key: Uint8Array;
  answered(reply: Reply): void;
  /** No answer for a time in which most come; the question is repeated. */
  slow?(): void;
  /** No answer for a time in which nearly all come. */
  failed?(): void;
  /** No answer counts any more. */
  lost?(): void;
}

/** A question that was asked. */
export interface Asked {
  /** Forgets the question; nothing is called any more. */
  cancel(): void;
}

interface Waiting extends Asked {
  readonly question: Question;
  readonly cookie: bigint;
  readonly asked: number;
  repeated: boolean;
  failed: boolean;
  timer: Timer | undefined;
}

/** The requests of one node. */
export class Requests {
  readonly #waiting = new Map<bigint, Waiting>();
  /** How long answers take, over all nodes asked. */
  readonly roundTrips = new RoundTripEstimator();

  constructor(private readonly node: Node) {}

  /** Returns how many requests wait for an answer. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Asks a question. Returns undefined when there is no way to that member or too many requests wait. Nothing is called during the call. */
  ask(question: Question): Asked | undefined {
    const waiting = this.#add(question);
    if (waiting === undefined) return undefined;
    const timeout = this.#timeout();
    if (!this.#send(waiting)) {
      waiting.cancel();
      return undefined;
    }
    this.#later(waiting, timeout, () => this.#repeat(waiting, timeout, REPETITIONS));
    return waiting;
  }

  /** Asks again and again until there is an answer, after 2, 4, 8 … ms, from 1 s on between 1 and 2 s. */
  insist(question: Question): Asked {
    const waiting = this.#add(question);
    if (waiting === undefined) return { cancel: () => {} };
    const again = (pause: number) => {
      this.#send(waiting);
      const delay = pause < 1000 ? pause : 1000 + this.node.below(1000);
      this.#later(waiting, delay, () => again(pause * 2));
    };
    again(2);
    return waiting;
  }

  /** Gives an answer to the question that it belongs to. */
  receive(reply: Reply): void {
    const { counters } = this.node;
    const waiting = this.#waiting.get(reply.cookie);
    if (waiting === undefined) return counters.drop("noRequest");
    const { question } = waiting;
    const fits = reply.source.address === question.to && reply.type === `${question.type}Reply` &&
      reply.key.every((byte, index) => byte === question.key[index]);
    if (!fits) return counters.drop("wrongAnswer");
    waiting.cancel();
    // Which of two sends was answered is not known, but a very late answer says that all take long.
    if (!waiting.repeated || waiting.failed) this.roundTrips.sample(this.node.now - waiting.asked);
    this.node.note(reply.source, ANSWERED);
    for (const contact of reply.contacts) this.node.note(contact, MENTIONED);
    question.answered(reply);
    this.node.onAnswer();
  }

  /** Returns how long to wait before a request is repeated. */
  #timeout(): number {
    const { smoothed, variation } = this.roundTrips;
    return smoothed === 0
      ? FIRST_TIMEOUT
      : Math.min(MAX_TIMEOUT, Math.max(MIN_TIMEOUT, smoothed + 4 * variation));
  }

  #add(question: Question): Waiting | undefined {
    if (this.#waiting.size >= MAX_REQUESTS && !this.#makeRoom()) {
      this.node.counters.drop("tooManyRequests");
      return undefined;
    }
    const waiting: Waiting = {
      question,
      cookie: this.node.cookie(),
      asked: this.node.now,
      repeated: false,
      failed: false,
      timer: undefined,
      cancel: () => {
        waiting.timer?.cancel();
        this.#waiting.delete(waiting.cookie);
      },
    };
    // Before it is sent: where delivery is immediate, the answer comes during the call.
    this.#waiting.set(waiting.cookie, waiting);
    return waiting;
  }

  /** Gives up a request that waits only for a very late answer. */
  #makeRoom(): boolean {
    for (const waiting of this.#waiting.values()) {
      if (!waiting.failed) continue;
      this.#lose(waiting);
      return true;
    }
    return false;
  }

  #send({ question, cookie }: Waiting): boolean {
    const { type, key, to } = question;
    return this.node.send(to, { type, source: this.node.self, cookie, key });
  }

  #later(waiting: Waiting, delay: number, run: () => void): void {
    if (this.#waiting.get(waiting.cookie) === waiting) waiting.timer = this.node.timers.after(delay, run);
  }

  #repeat(waiting: Waiting, timeout: number, left: number): void {
    waiting.repeated = true;
    this.#send(waiting);
    this.#later(
      waiting,
      timeout,
      () => left > 1 ? this.#repeat(waiting, timeout, left - 1) : this.#fail(waiting),
    );
    if (left === REPETITIONS) waiting.question.slow?.();
  }

  #fail(waiting: Waiting): void {
    waiting.failed = true;
    const left = waiting.asked + REQUEST_LIFE - this.node.now;
    this.#later(waiting, left, () => this.#lose(waiting));
    waiting.question.failed?.();
  }

  #lose(waiting: Waiting): void {
    waiting.cancel();
    this.node.counters.drop("unanswered");
    this.node.table.failed(waiting.question.to);
    waiting.question.lost?.();
  }
}
