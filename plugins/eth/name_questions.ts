/**
 * Questions for names that were put to all stations.
 *
 * @module
 */
import { ExhaustedError, FlowDownError } from "../../core/contract/errors.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type { MacAddress } from "../../core/contract/network.ts";
import { type Done, failure, type Outcome, success } from "../../core/contract/outcome.ts";
import type { Clock, Timer, Timers } from "../../core/contract/ports.ts";

/** Milliseconds after which a question is put once more: a frame may be lost. */
const REPEAT = 70;
/** Milliseconds after which those who asked are told that nobody has answered; the IRMd waits 200. */
const GIVE_UP = 180;
/** Milliseconds in which late answers are taken, for the next one who asks. */
const LATE = 2000;
/** Questions at a time. */
const MAX_QUESTIONS = 1024;

type Asker = Done<readonly MacAddress[]>;

interface Question {
  askers: Asker[];
  timer: Timer | undefined;
  /** When it is forgotten. */
  until: number;
}

/** What questions work with. */
export interface NameQuestionsContext {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Puts a question to all stations; false: the device does not take it. */
  readonly put: (hash: NameHash) => boolean;
}

/** The questions that were put. */
export class NameQuestions {
  /** The oldest first. */
  readonly #questions = new Map<NameHash, Question>();

  constructor(private readonly context: NameQuestionsContext) {}

  /** Asks who has the hash. The first who answers is given; nobody in time: an empty list. */
  ask(hash: NameHash, done: Asker): void {
    const before = this.#questions.get(hash);
    if (before && before.askers.length > 0) return void before.askers.push(done);
    this.#forget();
    if (this.#questions.size >= MAX_QUESTIONS) {
      return done(failure(new ExhaustedError(`${MAX_QUESTIONS} names are being looked for already`)));
    }
    if (!this.context.put(hash)) {
      return done(failure(new FlowDownError("the device does not take frames at the moment")));
    }
    const { clock, timers } = this.context;
    const question: Question = { askers: [done], timer: undefined, until: clock.now() + LATE };
    this.#questions.delete(hash);
    this.#questions.set(hash, question);
    question.timer = timers.after(REPEAT, () => {
      this.context.put(hash);
      question.timer = timers.after(GIVE_UP - REPEAT, () => this.#tell(question, success([])));
    });
  }

  /** Is an answer for this hash waited for, or only late? */
  isOpen(hash: NameHash): boolean {
    const question = this.#questions.get(hash);
    return question !== undefined && question.until > this.context.clock.now();
  }

  /** A station has answered. @param from is kept */
  answered(hash: NameHash, from: MacAddress): void {
    const question = this.#questions.get(hash);
    if (question) this.#tell(question, success([from]));
  }

  #tell(question: Question, outcome: Outcome<readonly MacAddress[]>): void {
    question.timer?.cancel();
    for (const asker of question.askers.splice(0)) asker(outcome);
  }

  #forget(): void {
    const now = this.context.clock.now();
    for (const [hash, { until }] of this.#questions) {
      if (until > now) return;
      this.#questions.delete(hash);
    }
  }
}
