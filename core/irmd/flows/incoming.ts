/**
 * Requests that layers pass up (`upper.request`): finds the name, waits for a process that accepts, and brings the two
 * together.
 *
 * @module
 */
import { asOuroError, IrmdError, NameError, NotFoundError, type OuroError } from "../../contract/errors.ts";
import { type FlowId, shortHash } from "../../contract/ids.ts";
import { type Done, failure } from "../../contract/outcome.ts";
import { type LimitedLog, limitedLog } from "../../kit/limited_log.ts";
import type { RpcId } from "../../wire/local/json_rpc.ts";
import type { Session } from "../tables/machine.ts";
import type { ServerHandshake } from "../oap/server_handshake.ts";
import type { IncomingParams, IncomingRequest, IpcpRecord } from "../tables/records.ts";
import type { Name } from "../tables/names.ts";
import type { Process } from "../tables/processes.ts";
import type { State } from "../tables/state.ts";
import { Accept, type AcceptParams } from "../tables/accept.ts";
import type { AcceptQueues } from "../tables/accept_queues.ts";
import type { AutoStart, Trouble } from "./auto_start.ts";
import { Delivery } from "./delivery.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { WaitingRequests } from "./waiting_requests.ts";

/** A request waits this long for a process that accepts, in milliseconds. */
const ACCEPT_WAIT = 1000;
/** The same, in all, where a program can be started for the name. */
const START_WAIT = 2000;
/** The same, in all, where a process has accepted before: it is busy, or the machine is. */
const BUSY_WAIT = 5000;
/** Lines on requests that the log takes: so many at once, and a second. */
const LINES = { burst: 1000, rate: 20 };

/** Brings requests of layers and processes that accept together. */
export class Incoming {
  readonly #state: State;
  readonly #ends: FlowTeardown;
  readonly #starts: AutoStart;
  readonly #accepts: AcceptQueues<Accept>;
  readonly #waiting = new WaitingRequests();
  readonly #delivery: Delivery;
  readonly #log: LimitedLog;
  /** Names for which another process is choosing. */
  readonly #choosing = new Set<string>();
  #order = 0;

  constructor(state: State, ends: FlowTeardown, starts: AutoStart) {
    this.#state = state;
    this.#ends = ends;
    this.#starts = starts;
    this.#accepts = state.accepts;
    this.#log = limitedLog(state.log, state.ports.clock, LINES, "requests for flows");
    this.#delivery = new Delivery(state, this.#log, ends, (accept) => this.#putBack(accept));
  }

  /** Returns how many requests wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Returns how many requests were refused because of the allocation protocol. */
  get refused(): number {
    return this.#delivery.refused;
  }

  /** Takes a call of accept. */
  accept(session: Session, process: Process, params: AcceptParams, reply: Done<unknown>, id: RpcId): void {
    const work = this.#state.sessions.get(session);
    if (!work) return reply(failure(new IrmdError("the session has ended")));
    const call = { order: this.#order++, process, session, work, id, params, reply };
    const accept = new Accept(this.#state.ports.timers, (accept, flow) => {
      this.#accepts.remove(accept);
      if (flow) this.#ends.abandon(flow);
    }, call);
    if (!params.further) this.#logAccept(session, process);
    process.server = true;
    this.#starts.accepted(process.pid);
    this.#enqueue(accept);
  }

  /** Lets a process accept flows for one more name. */
  bound(process: Process, name: string): void {
    this.#accepts.bound(process, name);
    this.#serve(name);
  }

  /** No program comes for a name: requests wait on only where somebody serves it who is busy. */
  notStarted(name: string, trouble: Trouble): void {
    if (this.#hasServer(name)) return;
    for (const request of [...this.#waiting.of(name)]) this.#giveUp(request, trouble);
  }

  /** Takes a request that a layer passes up. */
  request(ipcp: IpcpRecord, params: IncomingParams, reply: Done<{ readonly flow: FlowId }>): void {
    const log = this.#log;
    const shown = shortHash(params.hash);
    log.debug(`Flow req arrived from IPCP ${ipcp.pid} for ${shown}.`);
    this.#nameOf(ipcp, params, (name) => {
      if (name) return this.#take(ipcp, name, params, reply);
      log.error(`Unknown hash: ${shown}.`);
      reply(failure(new NameError(`no name of this host has the hash ${shown}`)));
    });
  }

  /** Ends the requests that an IPCP passed up, which is gone. */
  ipcpGone(ipcp: IpcpRecord): void {
    for (const request of [...ipcp.requests]) this.#fail(request, new IrmdError("the IPCP is gone"));
  }

  #nameOf(ipcp: IpcpRecord, { hash }: IncomingParams, then: (name: Name | undefined) => void): void {
    const { names, hashes } = this.#state;
    const registered = ipcp.registrations.get(hash);
    if (registered !== undefined) return then(names.get(registered));
    // Registered through another member of the layer.
    if (!ipcp.layer) return then(undefined);
    hashes.find(names.values(), ipcp.layer.hash, hash, then);
  }

  #take(ipcp: IpcpRecord, name: Name, params: IncomingParams, reply: Done<{ readonly flow: FlowId }>): void {
    this.#log.info(`Flow request arrived for ${name.name}.`);
    const handshake = this.#receive(name, params, reply);
    if (!handshake) return;
    const request: IncomingRequest = { ...params, ipcp, name, handshake, reply, timer: undefined };
    const accept = this.#accepts.take(name);
    if (accept) return this.#delivery.deliver(request, accept);
    try {
      this.#waiting.add(request);
    } catch (thrown) {
      return reply(failure(asOuroError(thrown)));
    }
    this.#wait(request);
    this.#ask(name);
  }

  /** Checks the request of the allocation protocol as far as that costs nothing; refuses it here when it fails. */
  #receive({ name, paths }: Name, { data }: IncomingParams, reply: Done<never>): ServerHandshake | undefined {
    try {
      return this.#state.security.receive(data, name, paths);
    } catch (thrown) {
      this.#delivery.refuse(name, reply, asOuroError(thrown));
    }
  }

  #wait(request: IncomingRequest): void {
    const { timers } = this.#state.ports;
    const { name } = request.name;
    const late = () => this.#giveUp(request, this.#starts.trouble(name));
    const start = () => this.#starts.start(name);
    const busy = this.#hasServer(name);
    if (!this.#starts.possible(name)) {
      request.timer = timers.after(busy ? BUSY_WAIT : ACCEPT_WAIT, late);
      return;
    }
    if (!busy) {
      request.timer = timers.after(START_WAIT, late);
      return start();
    }
    request.timer = timers.after(ACCEPT_WAIT, () => {
      request.timer = timers.after(BUSY_WAIT - ACCEPT_WAIT, late);
      start();
    });
  }

  #giveUp(request: IncomingRequest, trouble: Trouble | undefined): void {
    const { why = "start one that is bound to it", told } = trouble ?? {};
    this.#log.error(`No processes for ${shortHash(request.hash)}.`);
    this.#fail(
      request,
      new NotFoundError(`no process accepts flows for "${request.name.name}"; ${why}`, {
        told: told === undefined ? undefined : `no process accepts flows for it; ${told}`,
      }),
    );
  }

  /** Returns whether a process has accepted before, and so is only busy. */
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
    for (const request of this.#waiting.of(name)) {
      const accept = this.#accepts.take(request.name);
      if (!accept) return this.#ask(request.name);
      this.#waiting.remove(request);
      this.#delivery.deliver(request, accept);
    }
  }

  /** The same where another process chooses: one choice of a name at a time. */
  #ask(name: Name): void {
    if (this.#choosing.has(name.name)) return;
    const asked = this.#accepts.ask(name, (accept) => {
      this.#choosing.delete(name.name);
      if (!accept) return;
      const [request] = this.#waiting.of(name.name);
      if (!request) return this.#accepts.add(accept);
      this.#waiting.remove(request);
      this.#delivery.deliver(request, accept);
      this.#serve(name.name);
    });
    if (asked) this.#choosing.add(name.name);
  }

  /**
   * Lets a process wait again that was to get a flow and did not. When requests wait, others have their turn first: each may
   * cost a handshake.
   */
  #putBack(accept: Accept): void {
    if (!accept.passedOver()) return;
    if (this.#waiting.size === 0) return this.#accepts.add(accept);
    this.#state.ports.timers.after(0, () => {
      if (accept.passedOver()) this.#enqueue(accept);
    });
  }

  #fail(request: IncomingRequest, error: OuroError): void {
    if (this.#waiting.remove(request)) request.reply(failure(error));
  }

  #logAccept(session: Session, { pid, program, names }: Process): void {
    const log = this.#state.logOf(session);
    log.debug(`New instance (${pid}) of ${program} added.`);
    log.debug("This process accepts flows for:");
    for (const name of [...names.keys()].reverse()) log.debug(`        ${name}`);
  }
}
