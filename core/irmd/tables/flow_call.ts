/**
 * A request of a process that waits for a flow: answered once, with the flow or an error.
 *
 * @module
 */
import type { OuroError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import type { RpcId } from "../../wire/local/json_rpc.ts";
import type { FlowRecord } from "./records.ts";
import type { SessionWork, Waiting } from "./sessions.ts";

/** Which request it is, and who is told. */
export interface CallOrigin {
  readonly work: SessionWork;
  readonly id: RpcId;
  readonly reply: Done<unknown>;
}

/** A request that waits for a flow. */
export abstract class FlowCall implements Waiting {
  readonly #origin: CallOrigin;
  #timer: Timer | undefined;
  #settled = false;

  /** @throws InvalidError, ExhaustedError when the process may have no further request under way, or none of this id */
  constructor(origin: CallOrigin) {
    origin.work.check(origin.id);
    this.#origin = origin;
  }

  /** Returns whether it has been answered. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Lets go what was begun: the request is answered with an error. */
  protected abstract released(): void;

  /** Stops what still runs: the request is being answered. */
  protected over(): void {}

  /** Begins to wait. */
  protected begin(): void {
    this.#origin.work.add(this.#origin.id, this);
  }

  /** Answers with the error of `late` unless there is an answer within so many milliseconds. */
  protected limit(timers: Timers, milliseconds: number, late: () => OuroError): void {
    this.#timer = timers.after(milliseconds, () => this.cancel(late()));
  }

  /** Answers with a flow. */
  complete(flow: FlowRecord, result: Record<string, unknown>): void {
    if (!this.#settle()) return;
    this.#origin.work.flows.add(flow);
    this.#origin.reply(success({ flow: flow.id, ...result }));
  }

  withdraw(error: OuroError): void {
    this.cancel(error);
  }

  cancel(error: OuroError): void {
    if (!this.#settle()) return;
    this.released();
    this.#origin.reply(failure(error));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#timer?.cancel();
    this.#origin.work.remove(this.#origin.id);
    this.over();
    return true;
  }
}
