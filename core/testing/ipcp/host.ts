/**
 * A host for tests: with an IRMd, a door and an IPCP type that do what a test tells them.
 *
 * @module
 */
import { pid } from "../../contract/ids.ts";
import type { Ipcp, Layer } from "../../contract/ipcp.ts";
import type { IpcpAbility, IpcpContext } from "../../contract/plugin.ts";
import { DONE, type Done, type Outcome, success } from "../../contract/outcome.ts";
import type { Log } from "../../contract/ports.ts";
import { FdTable } from "../../kit/number_pool.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import type { DataConnections, DataPort } from "../../ipcp/data_connections.ts";
import { IpcpHost } from "../../ipcp/host/host.ts";
import { NO_NETWORKS } from "../../contract/network.ts";

/** A data connection that a test looks into. */
export class FakePort implements DataPort {
  readonly sent: number[] = [];
  closed = false;
  full = false;
  paused = false;
  /** What the process above was told, and how many packets it had got by then. */
  readonly news: (readonly ["limit" | "suspend", number | boolean, number])[] = [];
  receive: ((packet: Uint8Array) => void) | undefined;
  drained: (() => void) | undefined;
  down: ((reason: string) => void) | undefined;
  #flushed: (() => void)[] = [];

  get queued(): number {
    return this.sent.length;
  }
  send(packet: Uint8Array): boolean {
    if (!this.full) this.sent.push(packet[0]);
    return !this.full;
  }
  onPacket(receive: (packet: Uint8Array) => void): void {
    this.receive = receive;
  }
  onDrained(_level: number, drained: () => void): void {
    this.drained = drained;
  }
  onDown(down: (reason: string) => void): void {
    this.down = down;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  limit(maxPacket: number): void {
    this.news.push(["limit", maxPacket, this.sent.length]);
  }
  suspend(suspended: boolean): void {
    this.news.push(["suspend", suspended, this.sent.length]);
  }
  flush(done: () => void): void {
    this.#flushed.push(done);
  }
  /** The other end has taken everything. */
  drain(): void {
    for (const done of this.#flushed) done();
  }
  close(): void {
    this.closed = true;
  }
}

/** A host and what is around it. */
export class HostFixture {
  readonly lines: string[] = [];
  /** Messages to the IRMd. */
  readonly told: [method: string, params: unknown][] = [];
  /** Answers to requests to the IRMd that wait. */
  readonly asked: Done<unknown>[] = [];
  /** Tokens that are waited for. */
  readonly expected = new Map<string, (port: DataPort) => void>();
  /** Connections to processes above that were asked for. */
  readonly connecting: [where: string, done: Done<DataPort>][] = [];
  readonly fds = new FdTable();
  /** The layer that bootstrapping leads into. */
  readonly layer: Layer;
  readonly host: IpcpHost;
  ended = 0;
  context: IpcpContext | undefined;

  constructor(methods: Partial<Ipcp & Layer> = {}, abilities: readonly IpcpAbility[] = []) {
    const time = new VirtualTime();
    this.layer = { ...quietLayer("l", "SHA3_256"), ...methods };
    const { bootstrap = (_config, done) => done(success(this.layer)), enroll } = methods;
    this.host = new IpcpHost({
      name: "x",
      pid: pid(7),
      type: { name: "test", abilities },
      ports: { clock: time, timers: time, random: new SeededRandom(1), log: this.#log("test") },
      irmd: {
        request: (method, params, done) => {
          this.told.push([method, params]);
          this.asked.push(done);
        },
        notify: (method, params) => this.told.push([method, params]),
      },
      connections: this.#connections,
      lower: { allocate: () => {}, accept: () => {} },
      networks: NO_NETWORKS,
      fds: this.fds,
      plugins: () => [],
      create: (context) => {
        this.context = context;
        return { bootstrap, ...enroll && { enroll } };
      },
      onShutdown: () => this.ended++,
    });
  }

  /** Asks the host; its answer, an error that it threw, or undefined when it has not answered. */
  ask(method: string, params: unknown = {}): Outcome<unknown> | undefined {
    let answer: Outcome<unknown> | undefined;
    this.host.handleRequest(method, params, (outcome) => answer = outcome);
    return answer;
  }

  /** A host whose IPCP is in a layer. */
  static operational(
    methods: Partial<Ipcp & Layer> = {},
    abilities: readonly IpcpAbility[] = [],
  ): HostFixture {
    const fixture = new HostFixture(methods, abilities);
    fixture.ask("layer.bootstrap", { layer: "l", options: {} });
    return fixture;
  }

  readonly #connections: DataConnections = {
    expect: (token, connected) => {
      this.expected.set(token, connected);
      return () => this.expected.delete(token);
    },
    connect: ({ path, token }, done) => this.connecting.push([`${path} ${token}`, done]),
  };

  #log(component: string): Log {
    const write = (level: string) => (text: string) => this.lines.push(`${component}(${level}): ${text}`);
    return {
      error: write("EE"),
      warning: write("WW"),
      info: write("II"),
      debug: write("DB"),
      component: (name) => this.#log(name),
    };
  }
}

/** A layer that says yes. */
export const quietLayer = (name: string, hash: string): Layer => ({
  name,
  hash,
  register: (_hash, done) => done(DONE),
  unregister: (_hash, done) => done(DONE),
  query: (_hash, done) => done(success(true)),
  allocate: (_flow, _request, done) => done(DONE),
  respond: (_flow, _reply, done) => done(DONE),
  deallocate: (_flow, _linger, done) => done(DONE),
  shutdown: () => {},
});
