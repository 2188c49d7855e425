/**
 * The IPCP host without its I/O: what the IRMd asks goes in, checked, to an IPCP type; what that type tells goes out.
 *
 * @module
 */
import { asOuroError, IpcpStateError, NotSupportedError } from "../../contract/errors.ts";
import type { Pid } from "../../contract/ids.ts";
import type { Ipcp, Layer, Lower } from "../../contract/ipcp.ts";
import type { IpcpAbility, IpcpContext, PluginDeclaration } from "../../contract/plugin.ts";
import type { Stats } from "../../contract/stats.ts";
import type { ConfigurationPart, Members } from "../../contract/membership.ts";
import type { Networks } from "../../contract/network.ts";
import { DONE, type Done, failure, type Outcome, success } from "../../contract/outcome.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import { QOS } from "../../contract/qos.ts";
import type { FdTable } from "../../kit/number_pool.ts";
import { checkLayer } from "../../registry/check_instance.ts";
import type { ConnectTo } from "../../wire/local/connect_json.ts";
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import { type Fields, fieldsOf, name, optional, text } from "../../wire/local/fields.ts";
import { MethodNotFoundError } from "../../wire/local/rpc_peer.ts";
import { Captures } from "../instruments/captures.ts";
import type { ConnectionNews } from "../connection/intention.ts";
import type { DataConnections } from "../data_connections.ts";
import { fitStats, partOf } from "./fit_stats.ts";
import type { HostUpperFlow } from "./upper_flow.ts";
import { HostUpperFlows } from "./upper_flows.ts";
import { Impairments } from "../instruments/impairments.ts";
import * as read from "../layer_requests.ts";
import { LifeCycle } from "./life_cycle.ts";
import { Tap } from "../instruments/tap.ts";
import { TappedLower } from "../instruments/tapped_flow.ts";
import { tappedNetworks } from "../instruments/tapped_ports.ts";
import { type IrmdLink, UpperLink } from "./upper_link.ts";

/** What a host is made of. */
export interface IpcpHostContext {
  /** Name of the IPCP. */
  readonly name: string;
  readonly pid: Pid;
  readonly type: Pick<PluginDeclaration<"ipcp">, "name" | "abilities" | "networks">;
  readonly ports: Ports;
  readonly irmd: IrmdLink;
  readonly connections: DataConnections;
  readonly lower: Lower;
  readonly networks: Networks;
  /** Where `lower` is impaired, too; left out: only networks are. */
  readonly impairments?: Impairments;
  /** Numbers of flows, shared by N+1 and N-1 flows. */
  readonly fds: FdTable;
  /**
   * Makes what members of a layer share; left out: the type has no members.
   *
   * @param news takes the news of connections that are wanted
   */
  members?(
    lower: Lower,
    part: ConfigurationPart | undefined,
    news: (news: ConnectionNews) => void,
  ): Members;
  /** Gives what third parties' plugins are in use, and the faults that they had. */
  plugins?(): readonly Stats[];
  /** Gives a word for how the process waits for its sockets. */
  waiting?(): string;
  /** Makes the IPCP type. */
  create(context: IpcpContext): Ipcp;
  /** Called once when `layer.shutdown` was answered. */
  onShutdown(): void;
}

type Handler = (fields: Fields, reply: Done<unknown>) => void;

/** The IPCP host. */
export class IpcpHost {
  readonly #log: Log;
  readonly #life: LifeCycle;
  readonly #flows: HostUpperFlows;
  readonly #captures: Captures;
  readonly #impairments: Impairments;
  readonly #ipcp: Ipcp;

  /** @throws PluginError when the IPCP type cannot be made */
  constructor(private readonly context: IpcpHostContext) {
    this.#log = context.ports.log.component("ipcpd/ipcp");
    this.#life = new LifeCycle(context.name);
    this.#flows = new HostUpperFlows(context.fds);
    this.#impairments = context.impairments ?? new Impairments(context.ports);
    const tap = new Tap(this.#impairments);
    const { name, type, connections, ports: { clock } } = context;
    this.#captures = new Captures({ name, type, tap, connections, clock });
    const lower = new TappedLower(context.lower, tap);
    this.#ipcp = context.create({
      ...context.ports,
      name: context.name,
      pid: context.pid,
      lower,
      members: (part) => {
        const { members, irmd } = context;
        if (members) return members(lower, part, (news) => irmd.notify("upper.connection", news));
        throw new NotSupportedError(
          `IPCPs of type ${type.name} have no members: they cannot enroll or connect`,
        );
      },
      networks: tappedNetworks(context.networks, tap),
      upper: new UpperLink(context.irmd, this.#flows, this.#life, this.#log, context.ports.timers),
    });
  }

  /**
   * The IRMd asks something.
   *
   * @param reply called once
   * @throws OuroError in place of the reply, when the request is not valid in this state
   */
  handleRequest(method: string, params: unknown, reply: Done<unknown>): void {
    const handler = Object.hasOwn(this.#handlers, method) ? this.#handlers[method] : undefined;
    if (!handler) throw new MethodNotFoundError(`an IPCP has no method ${method}`);
    handler(fieldsOf(params ?? {}, "params"), reply);
  }

  /** Ends the IPCP: its flows are gone. Ending it twice is harmless. */
  shutdown(): void {
    if (!this.#life.shutdown()) return;
    this.#log.info(`IPCP ${this.context.pid} shutting down.`);
    try {
      const { layer } = this.#life;
      if (layer) layer.shutdown();
      else this.#ipcp.shutdown?.();
    } catch (thrown) {
      this.#log.error(`The IPCP type failed while shutting down: ${asOuroError(thrown).message}`);
    }
    this.#impairments.end();
    this.#flows.freeAll();
    this.#captures.end();
  }

  readonly #handlers: Readonly<Record<string, Handler>> = {
    "layer.bootstrap": (fields, reply) => {
      const config = read.readBootstrap(fields);
      this.#join((done) => this.#ipcp.bootstrap(config, done), reply);
    },
    "layer.enrol": (fields, reply) => {
      const enroll = this.#ability("enrol", this.#ipcp.enroll);
      const destination = name(fields, "destination");
      const former = read.readFormer(fields);
      this.#join((done) => enroll.call(this.#ipcp, destination, done, former), reply);
    },
    "layer.connect": (fields, reply) => {
      const layer = this.#memberWith("connect");
      const connect = this.#ability("connect", layer.connect);
      const { destination, component, qos } = read.readConnection(fields);
      this.#ask((done) => connect.call(layer, destination, component, qos, done), reply);
    },
    "layer.disconnect": (fields, reply) => {
      const layer = this.#memberWith("connect");
      const disconnect = this.#ability("connect", layer.disconnect);
      const { destination, component } = read.readConnection(fields);
      this.#ask((done) => disconnect.call(layer, destination, component, done), reply);
    },
    "layer.register": (fields, reply) => {
      const layer = this.#life.needLayer();
      const hash = read.readHash(fields);
      this.#ask((done) => layer.register(hash, done), reply);
    },
    "layer.unregister": (fields, reply) => {
      const layer = this.#life.needLayer();
      const hash = read.readHash(fields);
      this.#ask((done) => layer.unregister(hash, done), reply);
    },
    "layer.query": (fields, reply) => {
      const layer = this.#life.needLayer();
      const hash = read.readHash(fields);
      const answer: Done<boolean> = (outcome) =>
        reply(outcome.ok ? success({ found: outcome.value }) : outcome);
      this.#ask((done) => layer.query(hash, done), answer);
    },
    "layer.allocate": (fields, reply) => {
      const layer = this.#life.needLayer();
      const request = read.readRequest(fields);
      const flow = this.#openAsked(fields, request.qos);
      this.#startAsked(flow, (done) => layer.allocate(flow, request, done), reply);
    },
    "layer.join": (fields, reply) => {
      const layer = this.#memberWith("join");
      const join = this.#ability("join", layer.join);
      const flow = this.#openAsked(fields, QOS.raw);
      if (layer.maxPacket !== undefined) flow.limit(layer.maxPacket);
      this.#startAsked(flow, (done) => join.call(layer, flow, done), (outcome) => {
        // With the answer, so that nothing larger is written before the data connection tells it.
        const maxPacket = Math.min(flow.limited ?? MAX_PACKET, MAX_PACKET);
        reply(outcome.ok ? success({ maxPacket }) : outcome);
      });
    },
    "layer.respond": (fields, reply) => this.#respond(fields, reply),
    "layer.deallocate": (fields, reply) => this.#deallocate(fields, reply),
    "layer.stats": (fields, reply) => {
      const path = optional(fields, "path", text) ?? "";
      const told = fitStats({ part: partOf(this.#stats(), path, this.context.type.name) });
      reply(success(told.part ?? told));
    },
    "layer.capture": (fields, reply) => this.#captures.begin(fields, reply),
    "layer.impair": (fields, reply) => reply(success(this.#impair(fields))),
    "layer.shutdown": (_fields, reply) => {
      this.shutdown();
      reply(DONE);
      this.context.onShutdown();
    },
  };

  /** Refuses what the type cannot do before it says that there is no layer. */
  #memberWith(ability: IpcpAbility): Layer {
    this.#ability(ability, true);
    return this.#life.needLayer();
  }

  #ability<T>(ability: IpcpAbility, method: T | undefined): T {
    const { type } = this.context;
    if (method !== undefined && type.abilities?.includes(ability)) return method;
    throw new NotSupportedError(`IPCPs of type ${type.name} cannot ${ability}`);
  }

  #join(start: (done: Done<Layer>) => void, reply: Done<unknown>): void {
    this.#life.join();
    this.#ask<Layer>((done) => start((outcome) => done(this.#checked(outcome))), (outcome) => {
      this.#life.joined(outcome.ok ? outcome.value : undefined);
      if (!outcome.ok) return reply(outcome);
      const { address, place } = outcome.value;
      const places = { ...address === undefined ? {} : { address }, ...place === undefined ? {} : { place } };
      reply(success({ ...infoOf(outcome.value), ...places }));
    });
  }

  #checked(outcome: Outcome<Layer>): Outcome<Layer> {
    try {
      if (outcome.ok) checkLayer(outcome.value, this.context.type);
      return outcome;
    } catch (thrown) {
      return failure(asOuroError(thrown));
    }
  }

  #openAsked(fields: Fields, qos: HostUpperFlow["qos"]): HostUpperFlow {
    const token = read.readToken(fields);
    const flow = this.#flows.open(read.readFlow(fields), qos, "asked");
    try {
      flow.stopExpecting = this.context.connections.expect(token, (port) => flow.attach(port));
    } catch (thrown) {
      this.#flows.free(flow);
      throw thrown;
    }
    return flow;
  }

  /** Starts an allocation. What the type says of it before it says that it is under way is told after that. */
  #startAsked(flow: HostUpperFlow, start: (done: Done) => void, reply: Done<unknown>): void {
    flow.held = () => {};
    this.#ask(start, (outcome) => {
      const { held } = flow;
      flow.held = undefined;
      if (!outcome.ok) this.#flows.free(flow);
      reply(outcome);
      if (outcome.ok) held?.();
    });
  }

  #respond(fields: Fields, reply: Done<unknown>): void {
    const layer = this.#life.needLayer();
    const answer = read.readReply(fields);
    const connect = read.readConnect(fields);
    const flow = this.#flows.need(read.readFlow(fields));
    if (flow.state !== "offered") {
      throw new IpcpStateError(`flow ${flow.id} does not wait for a response`);
    }
    if (answer.response === 0) flow.state = "up";
    this.#ask((done) => layer.respond(flow, answer, done), (outcome) => {
      if (answer.response !== 0) this.#flows.free(flow);
      else if (outcome.ok && connect && flow.spliced === undefined) this.#connect(flow, connect);
      reply(outcome);
    });
  }

  #connect(flow: HostUpperFlow, to: ConnectTo): void {
    this.context.connections.connect(to, (outcome) => {
      if (outcome.ok) return flow.attach(outcome.value);
      this.#log.warning(`Flow with fd ${flow.fd} has no process above: ${outcome.error.message}`);
    });
  }

  #deallocate(fields: Fields, reply: Done<unknown>): void {
    const linger = read.readLinger(fields);
    const flow = this.#flows.get(read.readFlow(fields));
    if (!flow) return reply(DONE);
    flow.leaving.push(reply);
    if (flow.state === "leaving") return;
    const layer = this.#life.needLayer();
    flow.state = "leaving";
    this.#ask((done) => layer.deallocate(flow, linger, done), (outcome) => {
      if (!outcome.ok) {
        this.#log.warning(`Flow with fd ${flow.fd} did not end well: ${outcome.error.message}`);
      }
      this.#flows.free(flow);
    });
  }

  #impair(fields: Fields): Stats {
    const set = this.#impairments.handle(fields, this.context.type);
    if (fields.impairment !== undefined) this.#log.warning(this.#impairments.summary());
    return set;
  }

  #stats(): Stats {
    const { name, pid, type } = this.context;
    const layer = this.#life.layer;
    const waits = this.context.waiting?.();
    const plugins = this.context.plugins?.();
    return {
      ipcp: {
        name,
        type: type.name,
        pid,
        state: this.#life.state,
        ...layer && infoOf(layer),
        ...waits && { waits },
      },
      flows: { open: this.#flows.size, dropped: this.#flows.dropped },
      ...plugins && { plugins },
      ...this.#impairments.active ? { impairment: this.#impairments.stats() } : {},
      [type.name]: layer?.stats?.() ?? {},
    };
  }

  /** Asks the IPCP type; takes its first answer, or what it throws. */
  #ask<T>(start: (done: Done<T>) => void, reply: Done<T>): void {
    let answered = false;
    const once = (outcome: Outcome<T>) => {
      if (answered) return this.#log.warning("The IPCP type answered twice.");
      answered = true;
      reply(outcome);
    };
    try {
      start(once);
    } catch (thrown) {
      const error = asOuroError(thrown);
      if (answered) this.#log.error(`The IPCP type failed after it had answered: ${error.message}`);
      else once(failure(error));
    }
  }
}

/** What the IRMd is told of a layer. */
const infoOf = ({ name, hash }: Layer) => ({ layer: name, hash });
