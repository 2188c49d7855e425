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
import type { RpcId } from "../../wire/json_rpc.ts";
import type { Session } from "../host.ts";
import { ClientExchange } from "../oap/client.ts";
import type { Allocating, Flow, LayerAnswer } from "../tables/flows.ts";
import type { IpcpRecord } from "../tables/ipcps.ts";
import type { SessionWork, Waiting } from "../tables/sessions.ts";
import type { State } from "../tables/state.ts";
import type { FlowEnds } from "./flow_ends.ts";
import type { QosJson } from "./incoming_request.ts";
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
}

/** IPCPs that may carry a flow of this process: an IPCP never uses its own layer. */
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
  readonly exchange: ClientExchange;
}

/** One allocation under way. */
export class Allocation implements Allocating, Waiting {
  readonly #state: State;
  readonly #ends: FlowEnds;
  readonly #session: Session;
  readonly #work: SessionWork;
  readonly #id: RpcId;
  readonly #params: AllocateParams;
  readonly #reply: Done<unknown>;
  readonly #candidates: IpcpRecord[];
  readonly #flow: Flow;
  readonly #timer: Timer;
  readonly #deadline: number;
  #attempt: Attempt | undefined;
  #firstError: OuroError | undefined;
  #settled = false;

  /** @throws ExhaustedError when there is no id left */
  constructor(
    state: State,
    ends: FlowEnds,
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
      this.cancel(new TimedOutError(`no flow to "${name}" within ${timeout} ms`));
    });
    work.add(id, this);
  }

  /** Begins. */
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
    const data = this.#check(attempt, answer);
    if (!data) return;
    const connect = this.#connect(attempt, answer);
    if (!connect) {
      this.#ends.withdraw(this.#flow, 0);
      return this.#failed(new IpcpError(`the other end of the flow to "${this.#params.name}" is gone`));
    }
    const { qos } = this.#params;
    const { mpl, maxPacket } = answer;
    const flow = this.#flow;
    this.#settle();
    flow.state = "allocated";
    flow.mpl = mpl;
    this.#work.flows.add(flow);
    this.#state.log.info(`Flow on port_id ${flow.id} allocated.`);
    this.#reply(success({ flow: flow.id, qos, mpl, maxPacket, connect, data: data.toBase64() }));
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

  /** Checks the response of the allocation protocol and gives the data of the other application. */
  #check({ ipcp, exchange }: Attempt, { data, splice }: LayerAnswer): Uint8Array | undefined {
    try {
      return exchange.check(data);
    } catch (thrown) {
      const { name } = this.#params;
      const { errno, message } = asOuroError(thrown);
      const error = errorFromErrno(
        errno,
        `the flow to "${name}" in layer "${layerOf(ipcp)}" fails: ${message}`,
      );
      this.#state.log.warning(`Flow to ${name} refused: ${message}.`);
      const other = splice === undefined ? undefined : this.#state.flows.get(splice);
      if (other?.ipcp === ipcp && other.token !== undefined) {
        this.#ends.lost(other, "the process that asked for the flow has refused it");
      }
      this.#ends.withdraw(this.#flow, 0);
      this.#failed(error);
    }
  }

  /** Where the process connects to. Joins the two ends when they talk to each other without the IPCP. */
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
      if (saysFound(outcome)) this.#try(ipcp, session, hash);
      else this.#next();
    }, LAYER_TIMES.query);
  }

  #try(ipcp: IpcpRecord, session: Session, hash: string): void {
    const { qos } = this.#params;
    const flow = this.#flow;
    // Each try has a request of its own: two layers may lead to one server, which takes none twice.
    const exchange = new ClientExchange(this.#state.ports, this.#params.data);
    const attempt = { ipcp, token: this.#state.token(), exchange };
    this.#attempt = attempt;
    flow.ipcp = ipcp;
    ipcp.flows.add(flow);
    const left = Math.max(1, this.#deadline - this.#state.ports.clock.now());
    const data = exchange.request.toBase64();
    const params = { flow: flow.id, token: attempt.token, hash, qos, data };
    session.request("layer.allocate", params, (outcome) => {
      if (outcome.ok || this.#settled || this.#attempt !== attempt) return;
      if (outcome.error instanceof TimedOutError) this.#ends.withdraw(flow, 0);
      else this.#ends.forget(flow);
      this.#failed(outcome.error);
    }, Math.min(LAYER_TIMES.allocate, left));
  }

  /** A layer that knows the name did not give the flow: perhaps another does. */
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
