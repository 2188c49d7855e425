/**
 * Gives a request that a layer has passed up to a process that accepts: the rest of the allocation protocol, the answer to the
 * layer, the flow.
 *
 * @module
 */
import { NO_BYTES } from "../../kit/bytes.ts";
import {
  asOuroError,
  CryptError,
  errorFromErrno,
  IrmdError,
  MessageSizeError,
  NotFoundError,
  type OuroError,
  TimedOutError,
} from "../../contract/errors.ts";
import { type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { LimitedLog } from "../../kit/limited_log.ts";
import { flowSecurityToJson } from "../../wire/local/security_json.ts";
import type { ServerAgreement } from "../oap/server_handshake.ts";
import { wipeKey } from "../oap/host_security.ts";
import { connectTo } from "../tables/machine.ts";
import type { FlowRecord, IncomingRequest } from "../tables/records.ts";
import type { State } from "../tables/state.ts";
import type { Accept } from "../tables/accept.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { checkHandshakeSize, explainSize } from "./handshake_size.ts";
import { DEFAULT_MPL, LAYER_TIMES } from "./times.ts";

/** Gives requests to processes. */
export class Delivery {
  readonly #state: State;
  readonly #log: LimitedLog;
  readonly #ends: FlowTeardown;
  readonly #putBack: (accept: Accept) => void;
  #refused = 0;

  /** @param putBack takes the process back that was to get a flow, and did not: it goes on waiting */
  constructor(state: State, log: LimitedLog, ends: FlowTeardown, putBack: (accept: Accept) => void) {
    this.#state = state;
    this.#log = log;
    this.#ends = ends;
    this.#putBack = putBack;
  }

  /** Returns how many requests were refused because of the allocation protocol. */
  get refused(): number {
    return this.#refused;
  }

  /** Refuses a request that fails the checks: the layer answers it with the error's number. */
  refuse(name: string, reply: Done<never>, error: OuroError): void {
    this.#refused++;
    this.#log.warning(`Flow request for ${name} refused: ${error.message}.`);
    // In a layer inside this host the process that asks gets to read it.
    const { errno, message, told } = error;
    reply(failure(errorFromErrno(errno, `the request for "${name}" is refused: ${message}`, { told })));
  }

  /** Gives a request to a call of accept, which waits no more. */
  deliver(request: IncomingRequest, accept: Accept): void {
    const { ipcp, handshake, reply } = request;
    const { session } = ipcp;
    try {
      demand(request, accept);
    } catch (thrown) {
      return this.#refuse(request, accept, asOuroError(thrown));
    }
    handshake.answer(NO_BYTES, (outcome) => {
      if (ipcp.session === session && !accept.settled) return this.#answered(request, accept, outcome);
      if (outcome.ok) wipeKey(outcome.value.security);
      if (!accept.settled) this.#putBack(accept);
      reply(failure(
        ipcp.session === session
          ? new NotFoundError(`the process that accepted the flow for "${request.name.name}" is gone`)
          : new IrmdError("the IPCP is gone"),
      ));
    });
  }

  #answered(request: IncomingRequest, accept: Accept, outcome: Outcome<ServerAgreement>): void {
    if (!outcome.ok) return this.#refuse(request, accept, outcome.error);
    const agreement = outcome.value;
    try {
      checkHandshakeSize(agreement.response);
    } catch (thrown) {
      wipeKey(agreement.security);
      return this.#refuse(request, accept, asOuroError(thrown));
    }
    let flow: FlowRecord;
    try {
      flow = this.#state.flows.take(accept.session, "accepted");
    } catch (thrown) {
      wipeKey(agreement.security);
      this.#putBack(accept);
      return request.reply(failure(asOuroError(thrown)));
    }
    this.#offer(request, accept, flow, agreement);
  }

  #offer(request: IncomingRequest, accept: Accept, flow: FlowRecord, agreement: ServerAgreement): void {
    const { ipcp, reply } = request;
    const { token, session } = accept;
    flow.ipcp = ipcp;
    flow.token = token;
    ipcp.flows.add(flow);
    accept.offer(flow);
    reply(success({ flow: flow.id }));
    const data = agreement.response.toBase64();
    const answer = { flow: flow.id, response: 0, data, connect: connectTo(session, token) };
    ipcp.connection().session.request("layer.respond", answer, (outcome) => {
      if (!accept.settled) this.#responded(request, accept, flow, agreement, outcome);
      wipeKey(agreement.security);
    }, LAYER_TIMES.respond);
  }

  #responded(
    request: IncomingRequest,
    accept: Accept,
    flow: FlowRecord,
    agreement: ServerAgreement,
    outcome: Outcome<unknown>,
  ): void {
    if (!outcome.ok && !(outcome.error instanceof TimedOutError)) {
      this.#logSize(request, outcome.error, agreement.response);
      // The other side knows nothing of the process: it goes on waiting.
      accept.offer(undefined);
      this.#ends.abandon(flow);
      return this.#putBack(accept);
    }
    this.#complete(request, accept, flow, agreement);
    if (!outcome.ok) this.#ends.lost(flow, `the layer did not answer: ${outcome.error.message}`);
  }

  #complete(
    { name: { name }, qos, mpl, maxPacket }: IncomingRequest,
    accept: Accept,
    flow: FlowRecord,
    { data, security }: ServerAgreement,
  ): void {
    flow.state = "allocated";
    this.#state.logOf(flow.session).info(`Flow on port_id ${flow.id} allocated.`);
    accept.complete(flow, {
      qos,
      mpl: flow.mpl ?? mpl ?? DEFAULT_MPL,
      maxPacket,
      name,
      data: data.toBase64(),
      security: flowSecurityToJson(security),
    });
    if (flow.down !== undefined) this.#ends.tell(flow);
  }

  #refuse({ name: { name }, reply }: IncomingRequest, accept: Accept, error: OuroError): void {
    this.refuse(name, reply, error);
    if (!accept.settled) this.#putBack(accept);
  }

  #logSize({ name: { name } }: IncomingRequest, error: OuroError, response: Uint8Array): void {
    if (!(error instanceof MessageSizeError)) return;
    this.#log.warning(`Flow for ${name} not given: ${explainSize(error, response).message}.`);
  }
}

/** Checks what the process asks of the flow. @throws AuthError, CryptError when the request and the process do not go together */
function demand({ handshake, name: { name } }: IncomingRequest, { security, process }: Accept): void {
  if (security && Object.values(security).some((wish) => wish !== undefined)) handshake.demand(security);
  if (!handshake.encrypted || security) return;
  throw new CryptError(
    `the flow has to be encrypted, and process ${process.pid}, which accepts flows for "${name}", cannot encrypt`,
  );
}
