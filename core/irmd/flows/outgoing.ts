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
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Timer } from "../../contract/ports.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import type { RpcId } from "../../wire/local/json_rpc.ts";
import { flowSecurityToJson } from "../../wire/local/security_json.ts";
import type { Session } from "../tables/machine.ts";
import type { ClientAgreement, ClientHandshake } from "../oap/client_handshake.ts";
import { wipeKey } from "../oap/host_security.ts";
import type { Allocating, FlowRecord, IpcpRecord, LayerAnswer, QosJson } from "../tables/records.ts";
import type { SessionWork, Waiting } from "../tables/sessions.ts";
import type { State } from "../tables/state.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { checkHandshakeSize, explainSize } from "./handshake_size.ts";
import { refusal } from "./refusal.ts";
import { ALLOCATION_WAIT, LAYER_TIMES } from "./times.ts";

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

/** Returns the IPCPs that may carry a flow of this process: an IPCP never uses its own layer. */
export function candidatesFor(state: State, session: Session): IpcpRecord[] {
  const own = state.ipcps.byPid(session.pid);
  return state.ipcps.list().filter((ipcp) =>
    ipcp.state === "operational" && ipcp !== own && (!own?.layer || ipcp.layer?.layer !== own.layer.layer)
  );
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
export class Allocation implements Allocating, Waiting {
  readonly #state: State;
  readonly #ends: FlowTeardown;
  readonly #session: Session;
  readonly #work: SessionWork;
  readonly #id: RpcId;
  readonly #params: AllocateParams;
  readonly #reply: Done<unknown>;
  readonly #candidates: IpcpRecord[];
  readonly #flow: FlowRecord;
  readonly #timer: Timer;
  readonly #deadline: number;
  #attempt: Attempt | undefined;
  #firstError: OuroError | undefined;
  /** The first layer that could not be asked for the name, and why. */
  #mute: string | undefined;
  #settled = false;

  /** @throws ExhaustedError when there is no id left */
  constructor(
    state: State,
    ends: FlowTeardown,
    session: Session,
    work: SessionWork,
    id: RpcId,
    params: AllocateParams,
    reply: Done<unknown>,
  ) {
    const { timeout = ALLOCATION_WAIT, name } = params;
    work.check(id);
    this.#state = state;
    this.#ends = ends;
    this.#session = session;
    this.#work = work;
    this.#id = id;
    this.#params = params;
    this.#reply = reply;
    this.#candidates = candidatesFor(state, session);
    this.#flow = state.flows.take(session);
    this.#flow.allocating = this;
    this.#deadline = state.ports.clock.now() + timeout;
    this.#timer = state.ports.timers.after(timeout, () => {
      state.log.debug("Flow allocation timed out");
      state.log.info("Flow_allocation failed.");
      const before = this.#firstError ? `; before that: ${this.#firstError.message}` : "";
      this.cancel(new TimedOutError(`no flow to "${name}" within ${timeout} ms${before}`));
    });
    work.add(id, this);
  }

  /** Begins the allocation. */
  start(): void {
    this.#next();
  }

  allocated(ipcp: IpcpRecord, answer: LayerAnswer): void {
    const attempt = this.#attempt;
    if (attempt?.ipcp !== ipcp) return;
    if (answer.response < 0) {
      this.#ends.withdraw(this.#flow, 0);
      return this.#failed(refusal(answer.response, this.#params.name, layerOf(ipcp)));
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

  cancel(error: OuroError): void {
    if (this.#settled) return;
    this.#settle();
    this.#ends.abandon(this.#flow);
    this.#reply(failure(error));
  }

  #checked(attempt: Attempt, answer: LayerAnswer, outcome: Outcome<ClientAgreement>): void {
    if (!outcome.ok) return this.#refuse(attempt, answer, outcome.error);
    const { data, security } = outcome.value;
    const connect = this.#connect(attempt, answer);
    if (connect) {
      this.#complete(answer, { connect, data: data.toBase64(), security: flowSecurityToJson(security) });
    } else {
      this.#ends.withdraw(this.#flow, 0);
      this.#failed(new IpcpError(`the other end of the flow to "${this.#params.name}" is gone`));
    }
    wipeKey(security);
  }

  #complete({ mpl, maxPacket }: LayerAnswer, rest: Record<string, unknown>): void {
    const { qos } = this.#params;
    const flow = this.#flow;
    this.#settle();
    flow.state = "allocated";
    flow.mpl = mpl;
    this.#work.flows.add(flow);
    this.#state.log.info(`Flow on port_id ${flow.id} allocated.`);
    this.#reply(success({ flow: flow.id, qos, mpl, maxPacket, ...rest }));
  }

  /** Gives a flow up whose response of the allocation protocol fails the checks. */
  #refuse({ ipcp }: Attempt, { splice }: LayerAnswer, { errno, message }: OuroError): void {
    const { name } = this.#params;
    this.#state.log.warning(`Flow to ${name} refused: ${message}.`);
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
  ): { path: string; token: string } | undefined {
    if (splice === undefined) return { path: ipcp.connection().session.dataPath, token };
    const other = this.#state.flows.get(splice);
    if (
      !other || other.ipcp !== ipcp || other.token === undefined || other.peer || other.down !== undefined
    ) {
      return undefined;
    }
    other.peer = this.#flow;
    other.mpl = mpl;
    this.#flow.peer = other;
    return { path: other.session.dataPath, token: other.token };
  }

  #next(): void {
    const ipcp = this.#candidates.shift();
    if (!ipcp) return this.#giveUp();
    const { session, layer } = ipcp;
    if (ipcp.state !== "operational" || !session || !layer) return this.#next();
    const hash = this.#state.hashes.of(this.#params.name, layer.hash);
    if (ipcp.registrations.has(hash)) return this.#try(ipcp, session, hash);
    session.request("layer.query", { hash }, (outcome) => {
      if (this.#settled) return;
      if (saysFound(outcome)) return this.#try(ipcp, session, hash);
      if (!outcome.ok && !(outcome.error instanceof TimedOutError)) {
        this.#mute ??= `layer "${layerOf(ipcp)}" cannot be asked: ${outcome.error.message}`;
      }
      this.#next();
    }, LAYER_TIMES.query);
  }

  #try(ipcp: IpcpRecord, session: Session, hash: string): void {
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
    const left = Math.max(1, this.#deadline - this.#state.ports.clock.now());
    const params = { flow: flow.id, token, hash, qos: this.#params.qos, data: request.toBase64() };
    session.request("layer.allocate", params, (outcome) => {
      if (outcome.ok || this.#settled || this.#attempt !== attempt) return;
      if (outcome.error instanceof TimedOutError) this.#ends.withdraw(flow, 0);
      else this.#ends.forget(flow);
      this.#failed(explainSize(outcome.error, request));
    }, Math.min(LAYER_TIMES.allocate, left));
  }

  /** Tries the next layer, since one that knows the name did not give the flow. */
  #failed(error: OuroError): void {
    this.#attempt = undefined;
    this.#firstError ??= error;
    this.#next();
  }

  #giveUp(): void {
    const { name } = this.#params;
    this.#state.log.info(this.#firstError ? "Flow_allocation failed." : `Destination ${name} unreachable.`);
    this.cancel(this.#firstError ?? this.#unreachable(name));
  }

  #unreachable(name: string): OuroError {
    if (candidatesFor(this.#state, this.#session).length === 0) {
      return new IpcpError(`there is no layer that could reach "${name}"; make one: irm ipcp bootstrap`);
    }
    if (this.#mute !== undefined) {
      return new NameError(`no layer that can be asked knows the name "${name}"; ${this.#mute}`);
    }
    return new NameError(
      `no layer knows the name "${name}"; register it: irm name register ${name} layer LAYER`,
    );
  }

  #settle(): void {
    this.#settled = true;
    this.#timer.cancel();
    this.#work.remove(this.#id);
    this.#flow.allocating = undefined;
    this.#attempt = undefined;
  }
}

const layerOf = (ipcp: IpcpRecord): string => ipcp.layer?.layer ?? ipcp.name;

function saysFound(outcome: Outcome<unknown>): boolean {
  const { value } = outcome.ok ? outcome : { value: undefined };
  return typeof value === "object" && value !== null && "found" in value && value.found === true;
}
