/**
 * Flows that processes ask for (`flow.allocate`): tries the layers that know the name, in order of preference, until one
 * gives the flow.
 *
 * @module
 */
import {
  asOuroError,
  errorFromErrno,
  IpcpError,
  NameError,
  type OuroError,
  TimedOutError,
} from "../../contract/errors.ts";
import type { Outcome } from "../../contract/outcome.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import type { LimitedLog } from "../../kit/limited_log.ts";
import { flowSecurityToJson } from "../../wire/local/security_json.ts";
import type { ClientAgreement, ClientHandshake } from "../oap/client_handshake.ts";
import { wipeKey } from "../oap/host_security.ts";
import { type CallOrigin, FlowCall } from "../tables/flow_call.ts";
import type { ConnectTo } from "../../wire/local/connect_json.ts";
import { connectResult, connectTo, type Session } from "../tables/machine.ts";
import type { Allocating, FlowRecord, IpcpRecord, LayerAnswer, QosJson } from "../tables/records.ts";
import type { State } from "../tables/state.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { checkHandshakeSize, explainSize } from "./handshake_size.ts";
import { type KnowingLayer, layerOf, LayerQuestions } from "./layer_questions.ts";
import { refusal } from "./refusal.ts";
import { ALLOCATION_WAIT, LAYER_TIMES } from "./times.ts";

/** Milliseconds that a layer's answer is waited for past the limit of the allocation. */
const PAST_LIMIT = 100;

/** What `flow.allocate` is asked with. */
export interface AllocateParams {
  readonly name: string;
  readonly qos: QosJson;
  /** Milliseconds; undefined: 20 s. */
  readonly timeout: number | undefined;
  /** The application's, for the other end. */
  readonly data: Uint8Array;
  /** What the process asks of the security of the flow; undefined: it cannot encrypt. */
  readonly security: SecurityOptions | undefined;
}

/** One IPCP that is asked to allocate. */
interface Attempt {
  readonly ipcp: IpcpRecord;
  /** What the process presents to it. */
  readonly token: string;
  /** There once the request is made, until the answer is being checked. */
  handshake: ClientHandshake | undefined;
}

/** One allocation under way. */
export class Allocation extends FlowCall implements Allocating {
  readonly #state: State;
  readonly #ends: FlowTeardown;
  readonly #params: AllocateParams;
  readonly #layers: LayerQuestions;
  readonly #flow: FlowRecord;
  readonly #deadline: number;
  #attempt: Attempt | undefined;
  /** Lets the next one of the same user for the same name begin. */
  #leave: (() => void) | undefined;
  #firstError: OuroError | undefined;

  /** @throws InvalidError, ExhaustedError when the process may have no further request, or there is no id left */
  constructor(
    state: State,
    ends: FlowTeardown,
    session: Session,
    origin: CallOrigin,
    params: AllocateParams,
  ) {
    super(origin);
    state.shares.allocations.check(session);
    const { timeout = ALLOCATION_WAIT, name } = params;
    this.#state = state;
    this.#ends = ends;
    this.#params = params;
    this.#deadline = state.ports.clock.now() + timeout;
    this.#layers = new LayerQuestions(state, session, name, () => this.#left);
    this.#flow = state.flows.take(session, "flows");
    state.shares.allocations.take(session);
    this.#flow.allocating = this;
    this.limit(state.ports.timers, timeout, () => this.#late(timeout));
    this.begin();
  }

  /** Begins the allocation. */
  start(): void {
    const { session } = this.#flow;
    const { shares, ports } = this.#state;
    if (shares.privileged(session)) return this.#next();
    const leave = shares.asking.enter(`${session.uid} ${this.#params.name}`, () => {
      if (!this.settled) this.#next();
    });
    if (!this.settled) this.#leave = leave;
    else ports.timers.after(0, leave);
  }

  allocated(ipcp: IpcpRecord, answer: LayerAnswer): void {
    const attempt = this.#attempt;
    if (attempt?.ipcp !== ipcp) return;
    if (answer.response < 0) {
      this.#ends.withdraw(this.#flow, 0);
      return this.#failed(refusal(answer, this.#params.name, layerOf(ipcp)));
    }
    const { handshake } = attempt;
    if (!handshake) return;
    attempt.handshake = undefined;
    handshake.check(answer.data, (outcome) => {
      if (this.#attempt === attempt) return this.#checked(attempt, answer, outcome);
      if (outcome.ok) wipeKey(outcome.value.security);
    });
  }

  lost(reason: string): void {
    if (!this.#attempt) return;
    this.#ends.withdraw(this.#flow, 0);
    this.#failed(new IpcpError(`the flow to "${this.#params.name}" was lost: ${reason}`));
  }

  protected override over(): void {
    this.#state.shares.allocations.give(this.#flow.session);
    this.#layers.stop();
    this.#leave?.();
    this.#flow.allocating = undefined;
    this.#attempt = undefined;
  }

  protected override released(): void {
    this.#ends.abandon(this.#flow);
  }

  #checked(attempt: Attempt, answer: LayerAnswer, outcome: Outcome<ClientAgreement>): void {
    if (!outcome.ok) return this.#refuse(attempt, answer, outcome.error);
    const { data, security } = outcome.value;
    const connect = this.#connect(attempt, answer);
    if (connect) {
      this.#complete(answer, {
        ...connectResult(connect),
        data: data.toBase64(),
        security: flowSecurityToJson(security),
      });
    } else {
      this.#ends.withdraw(this.#flow, 0);
      this.#failed(new IpcpError(`the other end of the flow to "${this.#params.name}" is gone`));
    }
    wipeKey(security);
  }

  #complete({ mpl, maxPacket }: LayerAnswer, rest: Record<string, unknown>): void {
    const flow = this.#flow;
    flow.state = "allocated";
    flow.mpl = mpl;
    const own = this.#state.ipcps.byPid(flow.session.pid);
    if (own?.state === "joining" && flow.ipcp) own.joinedOver.add(flow.ipcp);
    this.#state.sessions.get(flow.session)?.unreached.delete(this.#params.name);
    this.#log.info(`Flow on port_id ${flow.id} allocated.`);
    this.complete(flow, { qos: this.#params.qos, mpl, maxPacket, ...rest });
  }

  /** Gives a flow up whose response of the allocation protocol fails the checks. */
  #refuse({ ipcp }: Attempt, { splice }: LayerAnswer, { errno, message }: OuroError): void {
    const { name } = this.#params;
    this.#log.warning(`Flow to ${name} refused: ${message}.`);
    const other = splice === undefined ? undefined : this.#state.flows.get(splice);
    if (other?.ipcp === ipcp && other.token !== undefined) {
      this.#ends.lost(other, "the process that asked for the flow has refused it");
    }
    this.#ends.withdraw(this.#flow, 0);
    this.#failed(
      errorFromErrno(errno, `the flow to "${name}" in layer "${layerOf(ipcp)}" fails: ${message}`),
    );
  }

  /** Returns where the process connects to. Joins the two ends when they talk to each other without the IPCP. */
  #connect(
    { ipcp, token }: Attempt,
    { splice, mpl }: LayerAnswer,
  ): ConnectTo | undefined {
    if (splice === undefined) return connectTo(ipcp.connection().session, token);
    const other = this.#state.flows.get(splice);
    if (
      !other || other.ipcp !== ipcp || other.token === undefined || other.peer || other.down !== undefined
    ) {
      return undefined;
    }
    other.peer = this.#flow;
    other.mpl = mpl;
    this.#flow.peer = other;
    return connectTo(other.session, other.token);
  }

  get #log(): LimitedLog {
    return this.#state.logOf(this.#flow.session);
  }

  /** Milliseconds that an answer may take. The allocation's own limit comes first: it tells what the time went by with. */
  get #left(): number {
    return Math.max(0, this.#deadline - this.#state.ports.clock.now()) + PAST_LIMIT;
  }

  #next(): void {
    this.#layers.next((layer) => layer ? this.#try(layer) : this.#giveUp());
  }

  #try({ ipcp, session, hash }: KnowingLayer): void {
    const { name, security: options, data } = this.#params;
    const attempt: Attempt = { ipcp, token: this.#state.token(), handshake: undefined };
    this.#attempt = attempt;
    const paths = this.#state.names.get(name)?.paths;
    // Each try has a request of its own: two layers may lead to one server, which takes none twice.
    this.#state.security.ask({ name, options, paths, data }, (outcome) => {
      if (this.#attempt !== attempt) return;
      // What cannot be asked in one layer can be asked in none.
      if (!outcome.ok) return this.cancel(this.#firstError ?? outcome.error);
      if (ipcp.session !== session) return this.#failed(new IpcpError(`the IPCP "${ipcp.name}" is gone`));
      attempt.handshake = outcome.value;
      this.#allocate(attempt, session, hash);
    });
  }

  #allocate(attempt: Attempt, session: Session, hash: string): void {
    const { ipcp, token, handshake } = attempt;
    if (!handshake) return;
    const { request } = handshake;
    try {
      checkHandshakeSize(request);
    } catch (thrown) {
      return this.cancel(asOuroError(thrown));
    }
    const flow = this.#flow;
    flow.ipcp = ipcp;
    ipcp.flows.add(flow);
    const params = { flow: flow.id, token, hash, qos: this.#params.qos, data: request.toBase64() };
    session.request("layer.allocate", params, (outcome) => {
      if (outcome.ok || this.settled || this.#attempt !== attempt) return;
      if (outcome.error instanceof TimedOutError) this.#ends.withdraw(flow, 0);
      else this.#ends.forget(flow);
      const { errno, message } = explainSize(outcome.error, request);
      this.#failed(errorFromErrno(errno, `layer "${layerOf(ipcp)}": ${message}`));
    }, Math.min(LAYER_TIMES.allocate, this.#left));
  }

  /** Tries the next layer, since one that knows the name did not give the flow. */
  #failed(error: OuroError): void {
    this.#attempt = undefined;
    this.#firstError ??= error;
    this.#next();
  }

  #giveUp(): void {
    const { name } = this.#params;
    this.#logFailure(this.#firstError ? "Flow_allocation failed." : `Destination ${name} unreachable.`);
    this.cancel(this.#firstError ?? this.#unreachable(name));
  }

  /** Logs it; of an IPCP, which tries again and again, once for each name. */
  #logFailure(line: string, detail?: string): void {
    const { sessions } = this.#state;
    const { session } = this.#flow;
    const log = this.#log;
    const unreached = session.role === "ipcp" ? sessions.get(session)?.unreached : undefined;
    if (unreached?.has(this.#params.name)) return;
    unreached?.add(this.#params.name);
    if (detail !== undefined) log.debug(detail);
    log.info(line);
  }

  #unreachable(name: string): OuroError {
    const { size, mute } = this.#layers;
    if (size === 0) {
      return new IpcpError(`there is no layer that could reach "${name}"; make one: irm ipcp bootstrap`);
    }
    return new NameError(
      mute === undefined
        ? `no layer knows the name "${name}"; register it: irm name register ${name} layer LAYER`
        : `no layer that can be asked knows the name "${name}"; ${mute}`,
    );
  }

  /** Says what the time went by with. */
  #late(timeout: number): OuroError {
    this.#logFailure("Flow_allocation failed.", "Flow allocation timed out");
    const silent = this.#layers.silent.map((layer) =>
      `layer "${layer}" did not say whether it knows the name`
    );
    const asked = this.#attempt
      ? [`layer "${layerOf(this.#attempt.ipcp)}" was asked for the flow and did not answer`]
      : [];
    const { name } = this.#params;
    const late = [`no flow to "${name}" within ${timeout} ms`, ...asked, ...silent];
    const before = this.#firstError;
    if (!before) return new TimedOutError(late.join("; "));
    // A layer that has refused says more than one that was only asked for the name.
    if (!this.#attempt) return errorFromErrno(before.errno, [before.message, ...silent].join("; "));
    return new TimedOutError([...late, `before that: ${before.message}`].join("; "));
  }
}
