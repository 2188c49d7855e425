/**
 * Questions for names that were put to all stations.
 *
 * @module
 */
import { ExhaustedError, FlowDownError } from "../../core/contract/errors.ts";
import type { NameHash } from "../../core/contract/ids.ts";
import type { MacAddress } from "../../core/contract/network.ts";
import { type Done, failure, success } from "../../core/contract/outcome.ts";
import type { Clock, Timers } from "../../core/contract/ports.ts";
import { AnswerTimes, NameQuestion } from "../../core/ipcp/shim/name_question.ts";

/** Milliseconds after a question was given up in which late answers are taken, for the next one who asks. */
const LATE = 2000;
/** Questions at a time. */
const MAX_QUESTIONS = 1024;

type Asker = Done<readonly MacAddress[]>;

interface Question {
  askers: Asker[];
  asking: NameQuestion | undefined;
  readonly asked: number;
  /** When it is forgotten. */
  readonly until: number;
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
  readonly #times = new AnswerTimes();

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
    const { clock, timers, put } = this.context;
    const { silence } = this.#times;
    const asked = clock.now();
    const question: Question = { askers: [done], asking: undefined, asked, until: asked + silence + LATE };
    this.#questions.delete(hash);
    this.#questions.set(hash, question);
    question.asking = new NameQuestion(timers, () => put(hash), silence, () => this.#tell(question, []));
  }

  /** Is an answer for this hash waited for, or only late? */
  isOpen(hash: NameHash): boolean {
    const question = this.#questions.get(hash);
    return question !== undefined && question.until > this.context.clock.now();
  }

  /** A station has answered. @param from is kept */
  answered(hash: NameHash, from: MacAddress): void {
    const question = this.#questions.get(hash);
    if (!question) return;
    this.#times.note(from.toHex(), this.context.clock.now() - question.asked);
    this.#tell(question, [from]);
  }

  #tell(question: Question, found: readonly MacAddress[]): void {
    question.asking?.end();
    for (const asker of question.askers.splice(0)) asker(success(found));
  }

  #forget(): void {
    const now = this.context.clock.now();
    for (const [hash, { until, askers }] of this.#questions) {
      if (until <= now && askers.length === 0) this.#questions.delete(hash);
      else if (until > now) return;
    }
  }
}
