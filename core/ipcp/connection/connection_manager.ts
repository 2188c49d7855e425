/**
 * The connections of an IPCP's components, made by connection establishment over N-1 flows, several at once. What was connected once
 * stays wanted, and is made again when it is lost.
 *
 * @module
 */
import {
  CancelledError,
  ExhaustedError,
  ExistsError,
  FlowDownError,
  InvalidError,
  NotFoundError,
  type OuroError,
} from "../../contract/errors.ts";
import { type Address, addressText } from "../../contract/ids.ts";
import type { Lower, LowerFlow } from "../../contract/ipcp.ts";
import type { Stats } from "../../contract/stats.ts";
import { DONE, type Done, failure } from "../../contract/outcome.ts";
import type { Log, Ports } from "../../contract/ports.ts";
import type { QosSpec } from "../../contract/qos.ts";
import type { Component, Connection, ConnectionListener } from "../../contract/membership.ts";
import { type LimitedLog, limitedLog } from "../../kit/limited_log.ts";
import { accept, initiate } from "./cep_handshake.ts";
import { Conversation, converse } from "./conversation.ts";
import { Dial } from "./dial.ts";
import { type ConnectionNews, Intention } from "./intention.ts";

const DISCONNECTED = "it was disconnected here";
const SHUT_DOWN = "the IPCP is shutting down";
/** Milliseconds in which a connection must be made: the 20 s of an allocation, and a little, since its error says more. */
const LIMIT = 20_500;
/** Accepted flows that may wait for their first message. Those that have waited longest make room for others. */
const MOST_PENDING = 128;
/** Warnings of refused connections that the log takes: so many at once, and a second. */
const WARNINGS = { burst: 20, rate: 0.1 };

interface Registered {
  readonly component: Component;
  readonly listener: ConnectionListener;
}

/** An accepted flow on which a handshake is under way. */
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
  readonly #refusals: LimitedLog;
  readonly #components = new Map<string, Registered>();
  readonly #connections = new Map<Connection, Registered>();
  /** By component and destination. */
  readonly #wanted = new Map<string, Intention>();
  readonly #pending = new Set<Pending>();
  readonly #counts = { made: 0, accepted: 0, failed: 0, refused: 0, lost: 0 };
  #over = false;

  /** @param news takes the news of connections that are wanted */
  constructor(
    private readonly ports: Ports,
    private readonly lower: Lower,
    private readonly news: (news: ConnectionNews) => void = () => {},
  ) {
    this.#log = ports.log.component("connection-manager");
    this.#refusals = limitedLog(this.#log, ports.clock, WARNINGS, "connections that were refused");
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
   * Connects a component to the same component of another IPCP. The listener hears of it before `done` does. After a success the
   * connection stays wanted: when it is lost it is made again, until it is disconnected.
   *
   * @param destination a name that the other IPCP accepts flows for
   * @param qos of the N-1 flow
   */
  connect(destination: string, component: string, qos: QosSpec, done: Done<Connection>): void {
    const registered = this.#components.get(component);
    if (!registered) return done(failure(new NotFoundError(`this IPCP has no component ${component}`)));
    if (this.#over) return done(failure(new CancelledError(SHUT_DOWN)));
    const key = keyOf(destination, component);
    const wanted = this.#wanted.get(key) ?? this.#intend(registered, destination, qos);
    this.#wanted.set(key, wanted);
    wanted.ask(done);
  }

  /**
   * Ends all connections of the component that were made to `destination`, and attempts to make one. Where there are none, the
   * outcome is a NotFoundError.
   */
  disconnect(destination: string, component: string, done: Done): void {
    const key = keyOf(destination, component);
    const wanted = this.#wanted.get(key);
    this.#wanted.delete(key);
    wanted?.end(new CancelledError("it was disconnected before it was connected"));
    const made = [...this.connections(component)].filter((connection) =>
      connection.destination === destination
    );
    for (const connection of made) this.close(connection);
    if (wanted || made.length > 0) return done(DONE);
    done(failure(new NotFoundError(`this IPCP has no ${component} connection to ${destination}`)));
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
    this.#makeRoom();
    const pending: Pending = { flow };
    this.#pending.add(pending);
    const find = (name: string) => this.#components.get(name)?.component;
    converse(flow, () => {
      const talk = new Conversation(flow, this.ports.timers, (error) => this.#refuse(pending, error));
      pending.talk = talk;
      accept(talk, find, (component, peer) => this.#agreed(pending, component, peer));
      return talk;
    });
  }

  /** What there is and what is wanted, for statistics. */
  stats(): Stats {
    const wanted = [...this.#wanted.values()];
    return {
      ...this.#counts,
      pending: this.#pending.size + wanted.filter(({ trying }) => trying).length,
      list: [...this.#connections.keys()].map(({ component, flow, peer, destination }) => ({
        component: component.name,
        fd: flow.fd,
        queued: flow.queued,
        ...(peer === 0 ? {} : { peer: addressText(peer) }),
        ...(destination === undefined ? {} : { destination }),
      })),
      wanted: wanted.map((one) => one.stats()),
    };
  }

  /** Ends all. Listeners hear of their connections' end; attempts fail. */
  shutdown(): void {
    this.#over = true;
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    for (const one of wanted) one.end(new CancelledError(SHUT_DOWN));
    for (const { flow, talk } of this.#pending) {
      talk?.end();
      flow.deallocate();
    }
    this.#pending.clear();
    for (const connection of [...this.#connections.keys()]) this.close(connection, SHUT_DOWN);
  }

  #intend(registered: Registered, destination: string, qos: QosSpec): Intention {
    const { component, listener } = registered;
    const { clock, timers, random } = this.ports;
    const intention: Intention = new Intention({
      ...{ clock, timers, random, log: this.#log, component, destination },
      dial: (again, events) =>
        new Dial({
          ...{ clock, timers, lower: this.lower, destination, again, ...events },
          what: `answer to the connection of ${component.name}`,
          limit: LIMIT,
          qos: () => qos,
          speak: (talk, flow, reached) => {
            this.#log.debug(`Sending cacep info for protocol ${component.protocol} to fd ${flow.fd}.`);
            initiate(talk, component, (peer) => {
              if (isOwn(component, peer)) throw sameAddress(destination, intention.self, peer);
              reached(peer);
            });
          },
        }),
      made: (connection) => {
        this.#counts.made++;
        this.#add(registered, connection);
      },
      gaveUp: () => {
        this.#counts.failed++;
        this.#wanted.delete(keyOf(destination, component.name));
      },
      news: this.news,
      probe: (connection) => listener.probe?.(connection),
    });
    return intention;
  }

  /** Those that say nothing must not keep others out. */
  #makeRoom(): void {
    if (this.#pending.size < MOST_PENDING) return;
    for (const { talk } of this.#pending) {
      talk?.fail(new ExhaustedError(`more than ${MOST_PENDING} connections wait for their first message`));
      break;
    }
  }

  #agreed(pending: Pending, component: Component, peer: Address): void {
    const { flow, talk } = pending;
    const registered = this.#components.get(component.name);
    if (isOwn(component, peer)) this.#metItself(component);
    if (!registered || isOwn(component, peer)) {
      throw new InvalidError(`the other IPCP has the address ${addressText(peer)}, as this one`);
    }
    talk?.end();
    this.#pending.delete(pending);
    this.#counts.accepted++;
    this.#add(registered, { component, flow, peer, destination: undefined });
  }

  #refuse(pending: Pending, error: OuroError): void {
    const { flow } = pending;
    this.#pending.delete(pending);
    this.#counts.refused++;
    const line = `Refused a connection on fd ${flow.fd}: ${error.message}.`;
    // Who has gone on to another flow, because a message was lost on this one, has done nothing wrong.
    if (error instanceof FlowDownError) this.#log.debug(line);
    else this.#refusals.warning(line);
    flow.deallocate();
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
    if (lost !== undefined) return this.#lose(connection, lost);
    // It may be that the neighbour has begun anew, and what was connected to its old self is dead.
    this.#probe((other) => other.peer === connection.peer && other !== connection);
    for (const wanted of this.#wanted.values()) wanted.hurry();
  }

  #lose(connection: Connection, reason: string): void {
    if (!this.#connections.has(connection)) return;
    const { component, flow, peer, destination } = connection;
    const wanted = destination === undefined
      ? undefined
      : this.#wanted.get(keyOf(destination, component.name));
    const again = wanted ? "; it is made again" : "";
    this.#log.info(`${component.name} connection on fd ${flow.fd} is down: ${reason}${again}.`);
    this.#counts.lost++;
    this.close(connection, reason);
    this.#probe((other) => other.peer === peer);
    wanted?.lost(reason);
  }

  /** Sends something over connections whose other ends may be gone: layers below that know it say so. */
  #probe(mayBeDead: (connection: Connection) => boolean): void {
    for (const [connection, { listener }] of [...this.#connections]) {
      if (connection.peer !== 0 && mayBeDead(connection)) listener.probe?.(connection);
    }
  }

  /** This IPCP has accepted a flow that it has itself allocated, to one of its names. */
  #metItself({ name }: Component): void {
    for (const [key, wanted] of this.#wanted) {
      if (wanted.trying && key.startsWith(`${name}\n`)) wanted.self = true;
    }
  }
}

const keyOf = (destination: string, component: string): string => `${component}\n${destination}`;

const isOwn = ({ address }: Component, peer: Address): boolean => address !== 0 && peer === address;

function sameAddress(destination: string, self: boolean, peer: Address): OuroError {
  if (self) return new InvalidError(`"${destination}" is this IPCP itself`);
  return new ExistsError(
    `the IPCP at "${destination}" has the address ${
      addressText(peer)
    } of this one; destroy one of the two and enroll it again`,
  );
}
