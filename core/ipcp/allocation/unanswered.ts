/**
 * Finds flows on which nothing has come since something was sent: their other ends may be gone without a word. They are asked about
 * after a while, and ever more rarely, since a flow may well carry packets one way only.
 *
 * @module
 */
import type { Timer } from "../../contract/ports.ts";
import type { AnyFlowRecord } from "./flow_record.ts";

/** Milliseconds between two looks at the flows. */
const LOOK = 1000;
/** A flow is asked about after so many looks, so many times; then ever more rarely, up to the greatest number of looks. */
const FIRST_LOOKS = 2, FIRST_QUESTIONS = 8, MOST_LOOKS = 32;

interface Watched {
  heard: number;
  /** Packets that had been sent when something was heard last, or the flow was asked about. */
  sent: number;
  /** Looks since then at which more had been sent. */
  silent: number;
  /** Questions since something was heard. */
  questions: number;
}

/**
 * The flows that are watched.
 *
 * @example
 * ```ts
 * import { UnansweredFlows } from "./unanswered.ts";
 * import { VirtualTime } from "../../sim/virtual_time.ts";
 * import assert from "node:assert/strict";
 *
 * const time = new VirtualTime();
 * const flow = { sent: 0, received: 0, notReceived: 0 };
 * let asked = 0;
 * const watch = new UnansweredFlows<typeof flow>((delay, run) => time.after(delay, run), () => asked++);
 * watch.opened(flow);
 * flow.sent++;
 * time.advance(10_000);
 * assert.equal(asked, 1);
 * flow.sent++;
 * flow.received++;
 * time.advance(10_000);
 * assert.equal(asked, 1);
 * ```
 */
export class UnansweredFlows<Flow extends Pick<AnyFlowRecord, "sent" | "received" | "notReceived">> {
  readonly #watched = new Map<Flow, Watched>();
  #looking = false;

  /**
   * @param after calls `run` after `delay` milliseconds
   * @param ask asks whether the other end of a flow is there
   */
  constructor(
    private readonly after: (delay: number, run: () => void) => Timer,
    private readonly ask: (flow: Flow) => void,
  ) {}

  /** Watches a flow that is up. */
  opened(flow: Flow): void {
    this.#watched.set(flow, { heard: heardOf(flow), sent: flow.sent, silent: 0, questions: 0 });
    if (!this.#looking) this.#lookLater();
  }

  /** Watches it no more. */
  closed(flow: Flow): void {
    this.#watched.delete(flow);
  }

  /** The flow was asked about. Whoever was out of reach may have been started again meanwhile: more questions follow soon. */
  asked(flow: Flow): void {
    const watched = this.#watched.get(flow);
    if (watched) watched.silent = watched.questions = 0;
  }

  #lookLater(): void {
    this.#looking = true;
    this.after(LOOK, () => this.#look());
  }

  #look(): void {
    for (const [flow, watched] of this.#watched) {
      const heard = heardOf(flow);
      if (heard !== watched.heard) {
        watched.heard = heard;
        watched.sent = flow.sent;
        watched.silent = watched.questions = 0;
      } else if (flow.sent !== watched.sent && ++watched.silent >= looksAfter(watched.questions)) {
        watched.sent = flow.sent;
        watched.silent = 0;
        watched.questions++;
        this.ask(flow);
      }
    }
    this.#looking = false;
    if (this.#watched.size > 0) this.#lookLater();
  }
}

/** Packets of a flow that have come, whoever took them. */
export const heardOf = ({ received, notReceived }: Pick<AnyFlowRecord, "received" | "notReceived">): number =>
  received + notReceived;

/** After so many questions, how many looks there are until the next one. */
const looksAfter = (questions: number): number =>
  Math.min(MOST_LOOKS, FIRST_LOOKS * 2 ** Math.max(0, questions - FIRST_QUESTIONS + 1));
