/**
 * One call of `flow.accept`.
 *
 * @module
 */
import { type OuroError, TimedOutError } from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import type { Timers } from "../../contract/ports.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import type { Session } from "./machine.ts";
import type { FlowRecord } from "./records.ts";
import type { Process } from "./processes.ts";
import type { QueuedAccept } from "./accept_queues.ts";
import { type CallOrigin, FlowCall } from "./flow_call.ts";

/** What `flow.accept` is asked with. */
export interface AcceptParams {
  readonly token: string;
  /** Milliseconds; undefined: for ever. */
  readonly timeout: number | undefined;
  /** What it asks of the security of the flow; undefined: it cannot encrypt. */
  readonly security: SecurityOptions | undefined;
  /** It waits in place of an earlier call, whose flow is slow to come: that is not told again. */
  readonly further?: boolean;
}

/** A call of accept that waits, or is being given a flow. */
export class Accept extends FlowCall implements QueuedAccept {
  readonly order: number;
  readonly process: Process;
  readonly session: Session;
  readonly token: string;
  /** What it asks of the security of the flow; undefined: it cannot encrypt. */
  readonly security: SecurityOptions | undefined;
  readonly #ended: (accept: Accept, flow: FlowRecord | undefined) => void;
  #flow: FlowRecord | undefined;
  #withdrawn: OuroError | undefined;
  waits = false;

  /**
   * @param ended called when it was cancelled, with the flow that it was being given
   * @throws InvalidError, ExhaustedError when the process may have no further request under way, or none of this id
   */
  constructor(
    timers: Timers,
    ended: (accept: Accept, flow: FlowRecord | undefined) => void,
    call: CallOrigin & {
      readonly order: number;
      readonly process: Process;
      readonly session: Session;
      readonly params: AcceptParams;
    },
  ) {
    super(call);
    const { token, timeout, security } = call.params;
    this.order = call.order;
    this.process = call.process;
    this.session = call.session;
    this.token = token;
    this.security = security;
    this.#ended = ended;
    this.begin();
    if (timeout === undefined) return;
    this.limit(timers, timeout, () => new TimedOutError(`no flow arrived within ${timeout} ms`));
  }

  get pid(): Pid {
    return this.session.pid;
  }

  override withdraw(error: OuroError): void {
    if (this.waits) this.cancel(error);
    else this.#withdrawn = error;
  }

  /** Says that the call does not get the flow after all. Returns whether it waits on. */
  passedOver(): boolean {
    if (this.#withdrawn) this.cancel(this.#withdrawn);
    return !this.settled;
  }

  /** Notes the flow that the call is being given, which ends with it; undefined: it is not given it after all. */
  offer(flow: FlowRecord | undefined): void {
    this.#flow = flow;
  }

  protected override released(): void {
    this.#ended(this, this.#flow);
  }
}
