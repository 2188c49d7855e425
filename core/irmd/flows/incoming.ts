/**
 * Requests that layers pass up (`upper.request`): finds the name, waits for a process that accepts, and brings the two
 * together.
 *
 * @module
 */
import {
  asOuroError,
  IrmdError,
  NameError,
  NotFoundError,
  type OuroError,
  TimedOutError,
} from "../../contract/errors.ts";
import { type FlowId, shortHash } from "../../contract/ids.ts";
import { type Done, failure, success } from "../../contract/outcome.ts";
import { EMPTY } from "../../wire/fields.ts";
import type { RpcId } from "../../wire/json_rpc.ts";
import type { Session } from "../host.ts";
import type { ServerExchange } from "../oap/server.ts";
import type { Flow } from "../tables/flows.ts";
import type { IpcpRecord } from "../tables/ipcps.ts";
import type { Name } from "../tables/names.ts";
import type { Process } from "../tables/processes.ts";
import type { State } from "../tables/state.ts";
import { Accept, type AcceptParams } from "./accept.ts";
import type { AcceptQueues } from "./accept_queues.ts";
import type { AutoStart } from "./auto_start.ts";
import type { FlowEnds } from "./flow_ends.ts";
import type { IncomingParams, IncomingRequest } from "./incoming_request.ts";
import { DEFAULT_MPL, LAYER_TIMES } from "./times.ts";

/** A request waits this long for a process that accepts, in milliseconds. */
const ACCEPT_WAIT = 1000;
/** The same, in all, where a program can be started for the name. */
const START_WAIT = 2000;

/** Brings requests of layers and processes that accept together. */
export class Incoming {
  readonly #state: State;
  readonly #ends: FlowEnds;
  readonly #starts: AutoStart;
  readonly #accepts: AcceptQueues<Accept>;
  /** Requests that wait, by name, oldest first. */
  readonly #waiting = new Map<string, Set<IncomingRequest>>();
  #order = 0;
  #refused = 0;

  constructor(state: State, ends: FlowEnds, starts: AutoStart) {
    this.#state = state;
    this.#ends = ends;
    this.#starts = starts;
    this.#accepts = state.accepts;
  }

  /** How many requests wait. */
  get waiting(): number {
    let count = 0;
    for (const requests of this.#waiting.values()) count += requests.size;
    return count;
  }

  /** How many requests were refused because of the allocation protocol. */
  get refused(): number {
    return this.#refused;
  }

  /** A process calls accept. */
  accept(session: Session, process: Process, params: AcceptParams, reply: Done<unknown>, id: RpcId): void {
    const work = this.#state.sessions.find(session);
    if (!work) return reply(failure(new IrmdError("the session has ended")));
    work.check(id);
    this.#logAccept(process);
    process.server = true;
    this.#starts.accepted(process.pid);
    const call = { order: this.#order++, process, session, work, id, params, reply };
    this.#enqueue(new Accept(this.#state, this.#ends, call));
  }

  /** A process is bound to one more name. */
  bound(process: Process, name: string): void {
    this.#accepts.bound(process, name);
    this.#serve(name);
  }

  /** A layer passes a request up. */
  request(ipcp: IpcpRecord, params: IncomingParams, reply: Done<{ readonly flow: FlowId }>): void {
    const { log } = this.#state;
    const shown = shortHash(params.hash);
    log.debug(`Flow req arrived from IPCP ${ipcp.pid} for ${shown}.`);
    const name = this.#nameOf(ipcp, params);
    if (!name) {
      log.error(`Unknown hash: ${shown}.`);
      return reply(failure(new NameError(`no name of this host has the hash ${shown}`)));
    }
    log.info(`Flow request arrived for ${name.name}.`);
    const exchange = this.#exchange(name, params, reply);
    if (!exchange) return;
    const request: IncomingRequest = { ...params, ipcp, name, exchange, reply, timer: undefined };
    const accept = this.#accepts.take(name);
    if (accept) return this.#deliver(request, accept);
    const waiting = this.#waiting.get(name.name);
    if (waiting) waiting.add(request);
    else this.#waiting.set(name.name, new Set([request]));
    ipcp.requests.add(request);
    this.#wait(request);
  }

  /** An IPCP is gone, and with it the requests that it passed up. */
  ipcpGone(ipcp: IpcpRecord): void {
    for (const request of [...ipcp.requests]) this.#fail(request, new IrmdError("the IPCP is gone"));
  }

  #nameOf(ipcp: IpcpRecord, { hash }: IncomingParams): Name | undefined {
    const { names, hashes } = this.#state;
    const registered = ipcp.registrations.get(hash);
    if (registered !== undefined) return names.get(registered);
    // Registered through another member of the layer.
    if (!ipcp.layer) return undefined;
    for (const name of names.values()) {
      if (hashes.of(name.name, ipcp.layer.hash) === hash) return name;
    }
  }

  /** Checks the request of the allocation protocol; refuses it here when it does not hold. */
  #exchange({ name }: Name, { data }: IncomingParams, reply: Done<never>): ServerExchange | undefined {
    try {
      return this.#state.oap.receive(data);
    } catch (thrown) {
      const error = asOuroError(thrown);
      this.#refused++;
      this.#state.log.warning(`Flow request for ${name} refused: ${error.message}.`);
      reply(failure(error));
    }
  }

  #wait(request: IncomingRequest): void {
    const { timers } = this.#state.ports;
    const { name } = request.name;
    const giveUp = (why: string) => {
      this.#state.log.error(`No processes for ${shortHash(request.hash)}.`);
      this.#fail(request, new NotFoundError(`no process accepts flows for "${name}"; ${why}`));
    };
    const late = () => giveUp("start one that is bound to it");
    const start = () =>
      this.#starts.start(name, ({ message }) => giveUp(`its program cannot be started: ${message}`));
    if (!this.#starts.possible(name)) {
      request.timer = timers.after(ACCEPT_WAIT, late);
      return;
    }
    if (!this.#hasServer(name)) {
      request.timer = timers.after(START_WAIT, late);
      return start();
    }
    request.timer = timers.after(ACCEPT_WAIT, () => {
      request.timer = timers.after(START_WAIT - ACCEPT_WAIT, late);
      start();
    });
  }

  /** Is there a process that has accepted before, and so is only busy? */
  #hasServer(name: string): boolean {
    for (const process of this.#state.processes.boundTo(name)) if (process.server) return true;
    return false;
  }

  #enqueue(accept: Accept): void {
    this.#accepts.add(accept);
    if (this.#waiting.size === 0) return;
    for (const name of [...accept.process.names.keys()]) this.#serve(name);
  }

  /** Gives waiting requests for a name to waiting processes. */
  #serve(name: string): void {
    for (const request of this.#waiting.get(name) ?? []) {
      const accept = this.#accepts.take(request.name);
      if (!accept) return;
      this.#forget(request);
      this.#deliver(request, accept);
    }
  }

  #deliver(request: IncomingRequest, accept: Accept): void {
    const { ipcp } = request;
    let flow: Flow;
    try {
      flow = this.#state.flows.take(accept.session);
    } catch (thrown) {
      this.#accepts.add(accept);
      return request.reply(failure(asOuroError(thrown)));
    }
    flow.ipcp = ipcp;
    flow.token = accept.token;
    ipcp.flows.add(flow);
    accept.offer(flow);
    request.reply(success({ flow: flow.id }));
    const { dataPath: path } = accept.session;
    const data = request.exchange.respond(EMPTY).toBase64();
    const answer = { flow: flow.id, response: 0, data, connect: { path, token: accept.token } };
    ipcp.connection().session.request("layer.respond", answer, (outcome) => {
      if (accept.settled) return;
      if (!outcome.ok && !(outcome.error instanceof TimedOutError)) return this.#takeBack(accept, flow);
      this.#complete(request, accept, flow);
      if (!outcome.ok) this.#ends.lost(flow, `the layer did not answer: ${outcome.error.message}`);
    }, LAYER_TIMES.respond);
  }

  #complete({ name, qos, exchange, mpl, maxPacket }: IncomingRequest, accept: Accept, flow: Flow): void {
    flow.state = "allocated";
    this.#state.log.info(`Flow on port_id ${flow.id} allocated.`);
    const data = exchange.data.toBase64();
    accept.complete(flow, {
      qos,
      mpl: flow.mpl ?? mpl ?? DEFAULT_MPL,
      maxPacket,
      name: name.name,
      data,
    });
    if (flow.down !== undefined) this.#ends.tell(flow);
  }

  /** The layer refused the answer, so that the other side knows nothing of the process: it goes on waiting. */
  #takeBack(accept: Accept, flow: Flow): void {
    accept.offer(undefined);
    this.#ends.abandon(flow);
    this.#enqueue(accept);
  }

  #fail(request: IncomingRequest, error: OuroError): void {
    if (!this.#forget(request)) return;
    request.reply(failure(error));
  }

  #forget(request: IncomingRequest): boolean {
    const { name } = request.name;
    const waiting = this.#waiting.get(name);
    if (!waiting?.delete(request)) return false;
    if (waiting.size === 0) this.#waiting.delete(name);
    request.ipcp.requests.delete(request);
    request.timer?.cancel();
    return true;
  }

  #logAccept({ pid, program, names }: Process): void {
    const { log } = this.#state;
    log.debug(`New instance (${pid}) of ${program} added.`);
    log.debug("This process accepts flows for:");
    for (const name of [...names.keys()].reverse()) log.debug(`        ${name}`);
  }
}
