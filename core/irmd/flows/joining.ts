/**
 * Flows into the broadcast of a layer (`flow.join`).
 *
 * @module
 */
import { IpcpError, NotSupportedError } from "../../contract/errors.ts";
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import { type CallOrigin, FlowCall } from "../tables/flow_call.ts";
import { connectResult, connectTo, type Session } from "../tables/machine.ts";
import type { FlowRecord, IpcpRecord, QosJson } from "../tables/records.ts";
import type { State } from "../tables/state.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { candidatesFor } from "./layer_questions.ts";
import { DEFAULT_MPL, LAYER_TIMES } from "./times.ts";

/** What `flow.join` is asked with. */
export interface JoinParams {
  readonly layer: string;
  readonly qos: QosJson;
  /** Milliseconds; undefined: the IRMd's own limit. */
  readonly timeout: number | undefined;
}

/** One join under way. */
export class Joining extends FlowCall {
  readonly #ends: FlowTeardown;
  readonly #flow: FlowRecord;

  /**
   * Begins.
   *
   * @throws IpcpError when there is no such layer here
   * @throws NotSupportedError when it has no broadcast
   * @throws InvalidError, ExhaustedError when the process may have no further request, or there is no id left
   */
  constructor(
    state: State,
    ends: FlowTeardown,
    session: Session,
    origin: CallOrigin,
    { layer, qos, timeout = LAYER_TIMES.join }: JoinParams,
  ) {
    super(origin);
    const ipcp = memberOf(candidatesFor(state, session), layer);
    const { session: member } = ipcp.member();
    this.#ends = ends;
    const flow = this.#flow = state.flows.take(session, "flows");
    flow.ipcp = ipcp;
    ipcp.flows.add(flow);
    this.begin();
    const token = state.token();
    member.request("layer.join", { flow: flow.id, token }, (outcome) => {
      if (this.settled) return;
      if (!outcome.ok) return this.cancel(outcome.error);
      flow.state = "allocated";
      state.logOf(session).info(`Flow on port_id ${flow.id} allocated.`);
      const connect = connectTo(member, token);
      const maxPacket = limitIn(outcome.value);
      this.complete(flow, { qos, mpl: DEFAULT_MPL, maxPacket, ...connectResult(connect), data: "" });
    }, Math.min(timeout, LAYER_TIMES.join));
  }

  protected override released(): void {
    this.#ends.abandon(this.#flow);
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

/** Reads the largest packet of an answer to `layer.join`; undefined where it does not say. */
function limitIn(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null || !("maxPacket" in value)) return undefined;
  const { maxPacket } = value;
  return typeof maxPacket === "number" && maxPacket >= 0
    ? Math.min(Math.trunc(maxPacket), MAX_PACKET)
    : undefined;
}
