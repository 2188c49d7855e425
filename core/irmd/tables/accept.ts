/**
 * One call of `flow.accept`.
 *
 * @module
 */
import { type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import type { RpcId } from "../../wire/local/json_rpc.ts";
import type { Session } from "./machine.ts";
import type { FlowRecord } from "./records.ts";
import type { Process } from "./processes.ts";
import type { SessionWork, Waiting } from "./sessions.ts";
import type { QueuedAccept } from "./accept_queues.ts";

/** What `flow.accept` is asked with. */
export interface AcceptParams {
  readonly token: string;
  /** Milliseconds; undefined: for ever. */
  readonly timeout: number | undefined;
  /** What it asks of the security of the flow; undefined: it cannot encrypt. */
  readonly security: SecurityOptions | undefined;
}

/** A call of accept that waits, or is being given a flow. */
export class Accept implements QueuedAccept, Waiting {
  readonly order: number;
  readonly process: Process;
  readonly session: Session;
  readonly token: string;
  /** What it asks of the security of the flow; undefined: it cannot encrypt. */
  readonly security: SecurityOptions | undefined;
  readonly #ended: (accept: Accept, flow: FlowRecord | undefined) => void;
  readonly #work: SessionWork;
  readonly #id: RpcId;
  readonly #reply: Done<unknown>;
  readonly #timer: Timer | undefined;
  #flow: FlowRecord | undefined;
  #settled = false;

  /** @param ended called when it was cancelled, with the flow that it was being given */
  constructor(
    timers: Timers,
    ended: (accept: Accept, flow: FlowRecord | undefined) => void,
    call: {
      readonly order: number;
      readonly process: Process;
      readonly session: Session;
      readonly work: SessionWork;
      readonly id: RpcId;
      readonly params: AcceptParams;
      readonly reply: Done<unknown>;
    },
  ) {
    const { token, timeout, security } = call.params;
    this.order = call.order;
    this.process = call.process;
    this.session = call.session;
    this.token = token;
    this.security = security;
    this.#ended = ended;
    this.#work = call.work;
    this.#id = call.id;
    this.#reply = call.reply;
    this.#work.add(call.id, this);
    this.#timer = timeout === undefined ? undefined : timers.after(
      timeout,
      () => this.cancel(new TimedOutError(`no flow arrived within ${timeout} ms`)),
    );
  }

  get pid(): Pid {
    return this.session.pid;
  }

  /** Returns whether the call has been answered. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Notes the flow that the call is being given, which ends with it; undefined: it is not given it after all. */
  offer(flow: FlowRecord | undefined): void {
    this.#flow = flow;
  }

  /** Answers the call with its flow. */
  complete(flow: FlowRecord, result: Record<string, unknown>): void {
    if (!this.#settle()) return;
    this.#work.flows.add(flow);
    this.#reply(success({ flow: flow.id, ...result }));
  }

  cancel(error: OuroError): void {
    if (!this.#settle()) return;
    this.#ended(this, this.#flow);
    this.#reply(failure(error));
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#timer?.cancel();
    this.#work.remove(this.#id);
    return true;
  }
}
