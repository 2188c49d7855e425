/** Members of a layer in a line, in virtual time: links of a rate with a queue, and applications above. @module */
import assert from "node:assert/strict";
import { instanceOf } from "../../core/testing/instance.ts";
import type { Congestion } from "../../core/contract/policies/congestion.ts";
import { ExhaustedError, NameError } from "../../core/contract/errors.ts";
import {
  type Address,
  address,
  type Fd,
  fd,
  flowId,
  type NameHash,
  nameHash,
} from "../../core/contract/ids.ts";
import type { FlowReply, FlowRequest, LowerFlow, Upper, UpperFlow } from "../../core/contract/ipcp.ts";
import { type Done, failure, success } from "../../core/contract/outcome.ts";
import type { Scheduling } from "../../core/contract/policies/small_policies.ts";
import type { Log } from "../../core/contract/ports.ts";
import { QOS, type QosSpec } from "../../core/contract/qos.ts";
import type { Forwarding, ForwardingTable } from "../../core/contract/policies/routing.ts";
import * as errors from "../../core/contract/errors.ts";
import type { PluginHost } from "../../core/contract/plugin.ts";
import { SeededRandom } from "../../core/kit/seeded_random.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { fifo } from "../scheduling/fifo.ts";
import { priority } from "../scheduling/priority.ts";
import { mbEcn } from "../congestion/mb_ecn.ts";
import { none } from "../congestion/none.ts";
import { DataTransfer } from "../unicast/transfer/data_transfer.ts";
import { FlowAllocator } from "../unicast/allocator/flow_allocator.ts";

/** Limit of queues between processes. */
const QUEUE = 1024;
/** The name that {@link Line.serve} registers. */
export const HASH: NameHash = nameHash("ab".repeat(32));

/** The line's log, as text. */
export class TestLog implements Log {
  readonly lines: string[] = [];
  readonly #name: string;
  constructor(name = "", lines: string[] = []) {
    this.#name = name;
    this.lines = lines;
  }
  error = (text: string) => void this.lines.push(`${this.#name}(EE): ${text}`);
  warning = (text: string) => void this.lines.push(`${this.#name}(WW): ${text}`);
  info = (text: string) => void this.lines.push(`${this.#name}(II): ${text}`);
  debug = (text: string) => void this.lines.push(`${this.#name}(DB): ${text}`);
  component = (name: string) => new TestLog(name, this.lines);
}

/** What small policies are made with. */
export const POLICY_HOST: PluginHost = {
  errors,
  log: new TestLog(),
  make: () => assert.fail("these plugins use no other one"),
};
const POLICIES = { none: instanceOf(none, POLICY_HOST, {}), "mb-ecn": instanceOf(mbEcn, POLICY_HOST, {}) };
const SCHEDULING = { fifo: fifo.create(POLICY_HOST, {}), priority: priority.create(POLICY_HOST, {}) };

/** Properties of a link. */
export interface LinkOptions {
  /** Bits a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly delay: number;
  /** Largest packet in bytes; left out: 65 000. */
  readonly maxPacket?: number;
  /** For each packet: is it lost? */
  lose?(packet: Uint8Array): boolean;
}

/** One end of a link. */
export class LinkEnd implements LowerFlow {
  readonly qos = QOS.raw;
  suspended = false;
  queued = 0;
  /** Longest queue, and packets that found it full. */
  longest = 0;
  dropped = 0;
  peer: LinkEnd | undefined;
  #free = 0;
  #level = 0;
  #above = false;
  #drained: (() => void) | undefined;
  #receive: ((packet: Uint8Array) => void) | undefined;

  #maxPacket: number;
  #changed: (() => void) | undefined;

  constructor(readonly fd: Fd, readonly time: VirtualTime, readonly options: LinkOptions) {
    this.#maxPacket = options.maxPacket ?? 65_000;
  }

  get maxPacket(): number {
    return this.#maxPacket;
  }

  /** From now on it carries packets of at most so many bytes. */
  resize(maxPacket: number): void {
    this.#maxPacket = maxPacket;
    this.#changed?.();
  }

  send(packet: Uint8Array, header: Uint8Array = new Uint8Array(0)): boolean {
    if (header.length + packet.length > this.#maxPacket) return false;
    if (this.queued >= QUEUE) {
      this.dropped++;
      return false;
    }
    const bytes = new Uint8Array(header.length + packet.length);
    bytes.set(header);
    bytes.set(packet, header.length);
    const now = this.time.now();
    this.#free = Math.max(this.#free, now) + 8000 * bytes.length / this.options.rate;
    this.longest = Math.max(this.longest, ++this.queued);
    if (this.queued > this.#level) this.#above = true;
    this.time.after(this.#free - now, () => this.#out(bytes));
    return true;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
  }

  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
    this.#above = this.queued > level;
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  onDown(): void {}
  deallocate(): void {}

  /** A packet arrives at this end. */
  arrive(packet: Uint8Array): void {
    this.#receive?.(packet);
  }

  #out(packet: Uint8Array): void {
    this.queued--;
    if (!this.options.lose?.(packet)) this.time.after(this.options.delay, () => this.peer?.arrive(packet));
    if (!this.#above || this.queued > this.#level) return;
    this.#above = false;
    this.#drained?.();
  }
}

/** A flow with the application above it. */
export class Application implements UpperFlow {
  queued = 0;
  reply: FlowReply | undefined;
  lost: string | undefined;
  received = 0;
  bytes = 0;
  dropped = 0;
  longest = 0;
  last = new Uint8Array(0);
  /** What the layer has said of the flow. */
  maxPacket: number | undefined;
  /** Sends packets of this size, as fast as it may. */
  greedy: number | undefined;
  /** Milliseconds that it takes for a packet; 0: none. */
  slowness = 0;
  readonly #time: VirtualTime;
  #receive: ((packet: Uint8Array) => void) | undefined;
  #paused = false;
  readonly #waiting: Uint8Array[] = [];

  constructor(readonly id: UpperFlow["id"], readonly fd: Fd, readonly qos: QosSpec, time: VirtualTime) {
    this.#time = time;
  }

  send(packet: Uint8Array): boolean {
    if (this.queued >= QUEUE) {
      this.dropped++;
      return false;
    }
    this.received++;
    this.bytes += packet.length;
    this.last = packet.slice();
    if (this.slowness === 0) return true;
    this.longest = Math.max(this.longest, ++this.queued);
    if (this.queued === 1) this.#read();
    return true;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
    this.resume();
  }

  limit(maxPacket: number): void {
    this.maxPacket = maxPacket;
  }

  suspend(): void {}

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#hand();
  }

  /** The process above writes a packet. */
  write(packet: Uint8Array): void {
    this.#waiting.push(packet);
    this.#hand();
  }

  #hand(): void {
    if (!this.#receive) return;
    for (let packet = this.#next(); packet; packet = this.#next()) this.#receive(packet);
  }

  /** What was said of the allocation: 0, or the negative error number. */
  get response(): number | undefined {
    return this.reply?.response;
  }

  get paused(): boolean {
    return this.#paused;
  }

  #next(): Uint8Array | undefined {
    if (this.#paused) return undefined;
    return this.greedy === undefined ? this.#waiting.shift() : new Uint8Array(this.greedy);
  }

  #read(): void {
    this.#time.after(this.slowness, () => {
      this.queued--;
      if (this.queued > 0) this.#read();
    });
  }
}

/** A member of the layer. */
export class Member implements Upper {
  readonly dataTransfer: DataTransfer;
  readonly allocator: FlowAllocator;
  readonly log = new TestLog();
  /** Flows that somebody asked for, from elsewhere. */
  readonly offered: Application[] = [];
  readonly requests: FlowRequest[] = [];
  /** Somebody above accepts. */
  accepts = true;
  /** Milliseconds after which somebody above answers; undefined: does not by itself. */
  answersAfter: number | undefined = 0;
  /** What the directory finds. */
  directory: readonly Address[] = [];
  readonly #line: Line;
  #flows = 0;

  constructor(
    line: Line,
    readonly own: Address,
    congestion: Congestion,
    scheduling: Scheduling,
    forwarding: Forwarding,
  ) {
    this.#line = line;
    const ports = { clock: line.time, timers: line.time, random: new SeededRandom(own), log: this.log };
    const shared = { ...ports, own, congestion, scheduling };
    this.dataTransfer = new DataTransfer({ ...shared, maxTtl: 60, forwarding });
    this.allocator = new FlowAllocator({
      ...shared,
      hashLength: 32,
      dataTransfer: this.dataTransfer,
      directory: { query: (_hash, done) => done(success(this.directory)) },
      upper: this,
    });
  }

  /** An application asks for a flow. */
  allocate(qos: QosSpec = QOS.raw, data = new Uint8Array(0)): Application {
    const flow = this.#flow(qos);
    this.allocator.allocate(flow, { hash: HASH, qos, data }, (outcome) => {
      if (!outcome.ok) flow.reply ??= { response: -outcome.error.errno, data: new Uint8Array(0) };
    });
    return flow;
  }

  /** An application is done with a flow; gives whether the flow is gone. */
  deallocate(flow: Application, linger = 0): { over: boolean } {
    const end = { over: false };
    this.allocator.deallocate(flow, linger, () => end.over = true);
    return end;
  }

  request(request: FlowRequest, done: Done<UpperFlow>): void {
    this.requests.push(request);
    if (!this.accepts) return done(failure(new NameError("nobody accepts")));
    const flow = this.#flow(request.qos);
    this.offered.push(flow);
    done(success(flow));
    if (this.answersAfter === undefined) return;
    this.#line.time.after(this.answersAfter, () => {
      this.allocator.respond(flow, { response: 0, data: Uint8Array.of(7) }, () => {});
    });
  }

  allocated(flow: UpperFlow, reply: FlowReply): void {
    assert(flow instanceof Application);
    assert.equal(flow.reply, undefined, "a flow is allocated once");
    flow.reply = reply;
  }

  splice(): void {
    assert.fail("flows of a unicast layer are not spliced");
  }

  down(flow: UpperFlow, reason: string): void {
    assert(flow instanceof Application);
    flow.lost = reason;
  }

  #flow(qos: QosSpec): Application {
    if (this.#flows > 10_000) throw new ExhaustedError("too many flows");
    return new Application(flowId(this.#flows), fd(100 + this.#flows++), qos, this.#line.time);
  }
}

/** Forwarding that a test sets. */
class TestForwarding implements Forwarding {
  readonly table = new Map<number, Fd>();
  replace(table: ForwardingTable): void {
    this.table.clear();
    for (const [to, [first]] of table) this.table.set(to, first);
  }
  nextHop(to: Address): Fd | undefined {
    return this.table.get(to);
  }
  flowDown(): void {}
  flowUp(): void {}
}

/** Members 1, 2, 3, … in a line; the fd towards the next one is 65, towards the one before 64. */
export class Line {
  readonly time = new VirtualTime();
  readonly members: Member[] = [];
  /** By link: the end at the lower member, the one at the higher. */
  readonly links: (readonly [LinkEnd, LinkEnd])[] = [];

  constructor(
    policy: keyof typeof POLICIES,
    links: readonly LinkOptions[],
    scheduling: keyof typeof SCHEDULING = "fifo",
  ) {
    this.time.advance(1_000_000);
    const count = links.length + 1;
    for (let number = 1; number <= count; number++) {
      this.members.push(
        new Member(this, address(number), POLICIES[policy], SCHEDULING[scheduling], new TestForwarding()),
      );
    }
    links.forEach((options, index) => {
      const ends = [
        new LinkEnd(fd(65), this.time, options),
        new LinkEnd(fd(64), this.time, options),
      ] as const;
      ends[0].peer = ends[1];
      ends[1].peer = ends[0];
      this.links.push(ends);
      this.members[index].dataTransfer.addFlow(ends[0], address(index + 2));
      this.members[index + 1].dataTransfer.addFlow(ends[1], address(index + 1));
    });
    this.members.forEach((member, index) => {
      const table = this.members.flatMap((_, other): [Address, Fd[]][] =>
        other === index ? [] : [[address(other + 1), [fd(other < index ? 64 : 65)]]]
      );
      member.dataTransfer.replaceTable(new Map(table));
      member.directory = [address(count)];
    });
  }

  /** The first member, which asks, and the last, which is asked. */
  get ends(): readonly [Member, Member] {
    return [this.members[0], this.members[this.members.length - 1]];
  }

  /** A flow from the first member to the last. */
  flow(qos?: QosSpec): readonly [Application, Application] {
    const [first, last] = this.ends;
    const one = first.allocate(qos);
    this.time.advance(100);
    const other = last.offered[last.offered.length - 1];
    assert.equal(one.reply?.response, 0);
    return [one, other];
  }
}
