/**
 * A member of a simulated network that has routing only. It checks what routing does: tables that are whole and stay as they
 * are, flows that are there, and silence after the end.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Address, type Fd, fd } from "../../contract/ids.ts";
import type { Log, Random } from "../../contract/ports.ts";
import type { ForwardingTable, Routing, RoutingContext } from "../../contract/policies/routing.ts";
import type { VirtualTime } from "../../sim/virtual_time.ts";

/** A member and its routing. */
export class RoutingMember {
  readonly address: Address;
  /** Lines of its log, each with its level in front. */
  readonly lines: string[] = [];
  /** The newest table. */
  table: ForwardingTable = new Map();
  /** How many tables were installed. */
  installs = 0;
  /** Messages sent. */
  sent = 0;
  readonly #ports: { readonly time: VirtualTime; readonly random: Random };
  /** Data transfer flows and where they lead. */
  readonly #flows = new Map<Fd, () => RoutingMember | undefined>();
  #routing: Routing | undefined;
  #copy: ForwardingTable = new Map();
  #over = false;
  #nextFd = 64;

  constructor(of: Address, ports: { readonly time: VirtualTime; readonly random: Random }) {
    this.address = of;
    this.#ports = ports;
  }

  get routing(): Routing {
    assert(this.#routing, "the member was not started");
    return this.#routing;
  }

  /** Starts routing, again perhaps: a new life of the same address. */
  start(make: (context: Omit<RoutingContext, "options">) => Routing): void {
    const { time, random } = this.#ports;
    this.#over = false;
    this.#flows.clear();
    this.table = this.#copy = new Map();
    this.#routing = make({
      own: this.address,
      clock: time,
      timers: time,
      random,
      log: this.#log("routing"),
      install: (table) => this.#install(table),
    });
  }

  /** A number for a flow. */
  takeFd(): Fd {
    return fd(this.#nextFd++);
  }

  /** A data transfer flow is there; `to` gives the member to which it leads, undefined when it is cut. */
  flowUp(flow: Fd, neighbour: Address, to: () => RoutingMember | undefined): void {
    this.#flows.set(flow, to);
    this.routing.adjacencyUp(neighbour, flow);
  }

  /** It is gone: no table may name it any more. */
  flowDown(flow: Fd, neighbour: Address): void {
    this.#flows.delete(flow);
    this.routing.adjacencyDown(neighbour, flow);
    this.checkTable();
  }

  /** Where a data transfer flow leads. */
  next(flow: Fd): RoutingMember | undefined {
    return this.#flows.get(flow)?.();
  }

  /** The newest table is whole, names flows that are there, and was not changed. */
  checkTable(): void {
    assert.deepEqual(new Map(this.table), this.#copy, "a table was changed after it was installed");
    assert(!this.table.has(this.address), "the table has a route to the own address");
    for (const [to, flows] of this.table) {
      assert(flows.length > 0, `the route to ${to} is empty`);
      for (const flow of flows) {
        assert(this.#flows.has(flow), `the route to ${to} names fd ${flow}, which is gone`);
      }
    }
  }

  /** Ends routing. */
  shutdown(): void {
    this.routing.shutdown();
    this.#over = true;
  }

  #install(table: ForwardingTable): void {
    assert(!this.#over, "a table was installed after shutdown");
    this.table = table;
    this.#copy = new Map([...table].map(([to, flows]) => [to, [...flows]]));
    this.installs++;
    this.checkTable();
  }

  #log(name: string): Log {
    const add = (level: string) => (text: string) => void this.lines.push(`${name}(${level}): ${text}`);
    return {
      error: add("EE"),
      warning: add("WW"),
      info: add("II"),
      debug: add("DB"),
      component: (component) => this.#log(component),
    };
  }
}
