/**
 * Flows into the broadcast of a layer (`flow.join`).
 *
 * @module
 */
import { IpcpError, NotSupportedError, type OuroError } from "../../contract/errors.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import type { RpcId } from "../../wire/local/json_rpc.ts";
import type { Session } from "../tables/machine.ts";
import type { FlowRecord, IpcpRecord, QosJson } from "../tables/records.ts";
import type { SessionWork, Waiting } from "../tables/sessions.ts";
import type { State } from "../tables/state.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { candidatesFor } from "./outgoing.ts";
import { DEFAULT_MPL, LAYER_TIMES } from "./times.ts";

/** What `flow.join` is asked with. */
export interface JoinParams {
  readonly layer: string;
  readonly qos: QosJson;
  /** Milliseconds; undefined: the IRMd's own limit. */
  readonly timeout: number | undefined;
}

/** One join under way. */
export class Joining implements Waiting {
  readonly #ends: FlowTeardown;
  readonly #work: SessionWork;
  readonly #id: RpcId;
  readonly #reply: Done<unknown>;
  readonly #flow: FlowRecord;
  #settled = false;

  /**
   * Begins.
   *
   * @throws IpcpError when there is no such layer here
   * @throws NotSupportedError when it has no broadcast
   * @throws ExhaustedError when there is no id left
   */
  constructor(
    state: State,
    ends: FlowTeardown,
    session: Session,
    work: SessionWork,
    id: RpcId,
    { layer, qos, timeout = LAYER_TIMES.join }: JoinParams,
    reply: Done<unknown>,
  ) {
    work.check(id);
    const ipcp = memberOf(candidatesFor(state, session), layer);
    const { session: member } = ipcp.member();
    this.#ends = ends;
    this.#work = work;
    this.#id = id;
    this.#reply = reply;
    this.#flow = state.flows.take(session);
    this.#flow.ipcp = ipcp;
    ipcp.flows.add(this.#flow);
    work.add(id, this);
    const token = state.token();
    member.request("layer.join", { flow: this.#flow.id, token }, (outcome) => {
      if (this.#settled) return;
      if (!outcome.ok) return this.cancel(outcome.error);
      this.#settle();
      const flow = this.#flow;
      flow.state = "allocated";
      work.flows.add(flow);
      state.log.info(`Flow on port_id ${flow.id} allocated.`);
      const connect = { path: member.dataPath, token };
      reply(success({ flow: flow.id, qos, mpl: DEFAULT_MPL, connect, data: "" }));
    }, Math.min(timeout, LAYER_TIMES.join));
  }

  cancel(error: OuroError): void {
    if (this.#settled) return;
    this.#settle();
    this.#ends.abandon(this.#flow);
    this.#reply(failure(error));
  }

  #settle(): void {
    this.#settled = true;
    this.#work.remove(this.#id);
  }
}

function memberOf(candidates: readonly IpcpRecord[], layer: string): IpcpRecord {
  const members = candidates.filter((ipcp) => ipcp.layer?.layer === layer);
  const found = members.find((ipcp) => ipcp.can("join"));
  if (found) return found;
  if (members.length > 0) {
    throw new NotSupportedError(
      `the layer "${layer}" is of type ${members[0].declaration.name}, which has no broadcast to join`,
    );
  }
  throw new IpcpError(`no IPCP is in layer "${layer}"; see: irm ipcp list`);
}
