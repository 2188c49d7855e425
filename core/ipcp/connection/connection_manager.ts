/**
 * The connections of an IPCP's components, made by connection establishment over N-1 flows, several at once.
 *
 * @module
 */
import {
  CancelledError,
  ExistsError,
  FlowDownError,
  InvalidError,
  NotFoundError,
  type OuroError,
} from "../../contract/errors.ts";
import type { Address } from "../../contract/ids.ts";
import type { Lower, LowerFlow } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";
import { DONE, type Done, failure, success } from "../../contract/outcome.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { Component, Connection, ConnectionListener } from "../../contract/membership.ts";
import type { Conversation } from "./conversation.ts";
import { accept, type HandshakeEvents, initiate } from "./cep_handshake.ts";

const DISCONNECTED = "it was disconnected here";
const SHUT_DOWN = "the IPCP is shutting down";

interface Registered {
  readonly component: Component;
  readonly listener: ConnectionListener;
}

/** A connection that this IPCP is making. */
interface Attempt {
  readonly registered: Registered;
  readonly destination: string;
  /** Calls back once; later calls do nothing. */
  readonly settle: Done<Connection>;
  /** This very IPCP has accepted it. */
  self: boolean;
}

/** A flow on which a handshake is under way. */
interface Pending {
  readonly flow: LowerFlow;
  talk?: Conversation;
}

/**
 * Makes, takes and ends connections.
 *
 * @example
 * ```ts
 * import { ConnectionManager } from "./connection_manager.ts";
 * import { TestingNetwork } from "../../testing/lower.ts";
 * import { testingLog } from "../../testing/log.ts";
 * import { address } from "../../contract/ids.ts";
 * import { QOS } from "../../contract/qos.ts";
 * import { VirtualTime } from "../../sim/virtual_time.ts";
 * import { SeededRandom } from "../../kit/seeded_random.ts";
 * import assert from "node:assert/strict";
 *
 * const time = new VirtualTime();
 * const network = new TestingNetwork(time);
 * const member = (name: string, own: number, random = new SeededRandom(own)) => {
 *   const lower = network.host(name);
 *   const manager = new ConnectionManager({ clock: time, timers: time, random, log: testingLog([]) }, lower);
 *   const component = { name: "Management", protocol: "LSP", version: 1, syntax: 0, address: address(own) };
 *   manager.register(component, { up() {}, down() {} });
 *   lower.accept((flow) => manager.accepted(flow));
 *   return manager;
 * };
 * const [a, b] = [member("a", 1), member("b", 2)];
 * a.connect("b", "Management", QOS.raw, (outcome) => assert(outcome.ok && outcome.value.peer === 2));
 * time.advance(10);
 * assert.deepEqual([...b.connections()].map(({ peer }) => peer), [1]);
 * ```
 */
export class ConnectionManager {
  readonly #log: Log;
  readonly #components = new Map<string, Registered>();
  readonly #connections = new Map<Connection, Registered>();
  readonly #attempts = new Set<Attempt>();
  readonly #pending = new Set<Pending>();
  readonly #counts = { made: 0, accepted: 0, failed: 0, refused: 0 };
  #over = false;

  constructor(private readonly ports: Ports, private readonly lower: Lower) {
    this.#log = ports.log.component("connection-manager");
  }

  /** From now on the component can be connected. */
  register(component: Component, listener: ConnectionListener): void {
    this.#components.set(component.name, { component, listener });
  }

  /** All connections, or those of one component. */
  *connections(component?: string): IteratorObject<Connection, void> {
    for (const connection of this.#connections.keys()) {
      if (component === undefined || connection.component.name === component) yield connection;
    }
  }

  /**
   * Connects a component to the same component of another IPCP. The listener hears of it before `done` does.
   *
   * @param destination a name that the other IPCP accepts flows for
   * @param qos of the N-1 flow
   */
  connect(destination: string, component: string, qos: QosSpec, done: Done<Connection>): void {
    const registered = this.#components.get(component);
    if (!registered) return done(failure(new NotFoundError(`this IPCP has no component ${component}`)));
    if (this.#over) return done(failure(new CancelledError(SHUT_DOWN)));
    if (this.#isConnected(destination, component)) {
      return done(failure(new ExistsError(`${component} is connected to "${destination}" already`)));
    }
    const attempt: Attempt = {
      registered,
      destination,
      self: false,
      settle: (outcome) => {
        if (!this.#attempts.delete(attempt)) return;
        if (!outcome.ok) this.#counts.failed++;
        done(outcome);
      },
    };
    this.#attempts.add(attempt);
    this.lower.allocate(destination, qos, (outcome) => {
      if (!outcome.ok) return attempt.settle(outcome);
      this.#initiate(attempt, outcome.value);
    });
  }

  /**
   * Ends all connections of the component that were made to `destination`, and attempts to make one. None: success.
   */
  disconnect(destination: string, component: string, done: Done): void {
    for (const attempt of [...this.#attempts]) {
      if (attempt.destination !== destination || attempt.registered.component.name !== component) continue;
      attempt.settle(failure(new CancelledError("it was disconnected before it was connected")));
    }
    for (const connection of [...this.connections(component)]) {
      if (connection.destination === destination) this.close(connection);
    }
    done(DONE);
  }

  /** Ends a connection; its listener hears of it. Ending it twice is harmless. */
  close(connection: Connection, reason = DISCONNECTED): void {
    const registered = this.#connections.get(connection);
    if (!registered) return;
    this.#connections.delete(connection);
    registered.listener.down(connection, reason);
    connection.flow.deallocate();
  }

  /** Another IPCP has allocated a flow to this one. */
  accepted(flow: LowerFlow): void {
    if (this.#over) return flow.deallocate();
    const find = (name: string) => this.#components.get(name)?.component;
    const refused = ({ message }: OuroError) => {
      this.#counts.refused++;
      this.#log.warning(`Refused a connection on fd ${flow.fd}: ${message}.`);
      flow.deallocate();
    };
    this.#shake(flow, (events) => accept(flow, this.ports.timers, find, events), {
      agreed: (component, peer) => {
        const registered = this.#components.get(component.name);
        if (isOwn(component, peer)) this.#metItself(component);
        if (!registered || isOwn(component, peer)) {
          return refused(new InvalidError(`the other IPCP has the address ${peer}, as this one`));
        }
        this.#counts.accepted++;
        this.#add(registered, { component, flow, peer, destination: undefined });
      },
      failed: refused,
    });
  }

  /** What there is, for statistics. */
  stats(): Stats {
    return {
      ...this.#counts,
      pending: this.#attempts.size + this.#pending.size,
      list: [...this.#connections.keys()].map(({ component, flow, peer, destination }) => ({
        component: component.name,
        fd: flow.fd,
        queued: flow.queued,
        ...(peer === 0 ? {} : { peer }),
        ...(destination === undefined ? {} : { destination }),
      })),
    };
  }

  /** Ends all. Listeners hear of their connections' end; attempts fail. */
  shutdown(): void {
    this.#over = true;
    for (const { settle } of [...this.#attempts]) settle(failure(new CancelledError(SHUT_DOWN)));
    for (const { flow, talk } of this.#pending) {
      talk?.end();
      flow.deallocate();
    }
    this.#pending.clear();
    for (const connection of [...this.#connections.keys()]) this.close(connection, SHUT_DOWN);
  }

  #initiate(attempt: Attempt, flow: LowerFlow): void {
    const { registered, destination, settle } = attempt;
    const { component } = registered;
    if (!this.#attempts.has(attempt)) return flow.deallocate();
    this.#log.debug(`Sending cacep info for protocol ${component.protocol} to fd ${flow.fd}.`);
    const failed = (error: OuroError) => {
      flow.deallocate();
      settle(failure(error));
    };
    this.#shake(flow, (events) => initiate(flow, this.ports.timers, component, events), {
      agreed: (_component, peer) => {
        if (!this.#attempts.has(attempt)) return flow.deallocate();
        if (isOwn(component, peer)) return failed(sameAddress(attempt, peer));
        this.#counts.made++;
        const connection = { component, flow, peer, destination };
        this.#add(registered, connection);
        settle(success(connection));
      },
      failed,
    });
  }

  /** Runs a handshake; `events` come once, when it is not under way any more. */
  #shake(
    flow: LowerFlow,
    begin: (events: HandshakeEvents) => Conversation,
    { agreed, failed }: HandshakeEvents,
  ): void {
    const pending: Pending = { flow };
    this.#pending.add(pending);
    let lost: string | undefined;
    const lose = (reason: string) => {
      lost = reason;
      pending.talk?.fail(new FlowDownError(`the N-1 flow is down: ${reason}`));
    };
    flow.onDown(lose);
    pending.talk = begin({
      agreed: (component, peer) => {
        this.#pending.delete(pending);
        agreed(component, peer);
      },
      failed: (error) => {
        this.#pending.delete(pending);
        failed(error);
      },
    });
    if (lost !== undefined) lose(lost);
  }

  #add(registered: Registered, connection: Connection): void {
    this.#connections.set(connection, registered);
    let told = false;
    let lost: string | undefined;
    connection.flow.onDown((reason) => {
      lost = reason;
      if (told) this.#lose(connection, reason);
    });
    registered.listener.up(connection);
    told = true;
    if (lost !== undefined) this.#lose(connection, lost);
  }

  #lose(connection: Connection, reason: string): void {
    const { component, flow } = connection;
    if (this.#connections.has(connection)) {
      this.#log.info(`${component.name} connection on fd ${flow.fd} is down: ${reason}.`);
    }
    this.close(connection, reason);
  }

  /** This IPCP has accepted a flow that it has itself allocated, to one of its names. */
  #metItself({ name }: Component): void {
    for (const attempt of this.#attempts) {
      if (attempt.registered.component.name === name) attempt.self = true;
    }
  }

  #isConnected(destination: string, component: string): boolean {
    for (const attempt of this.#attempts) {
      if (attempt.destination === destination && attempt.registered.component.name === component) return true;
    }
    return this.connections(component).some((connection) => connection.destination === destination);
  }
}

const isOwn = ({ address }: Component, peer: Address): boolean => address !== 0 && peer === address;

function sameAddress({ destination, self }: Attempt, peer: Address): OuroError {
  if (self) return new InvalidError(`"${destination}" is this IPCP itself`);
  return new ExistsError(
    `the IPCP at "${destination}" has the address ${peer} of this one; destroy one of the two and enroll it again`,
  );
}
