/**
 * N-1 flows between IPCPs of one process, in virtual time: for tests of what IPCPs share and of IPCP types.
 *
 * @module
 */
import { NameError } from "../contract/errors.ts";
import { type Fd, fd, FIRST_FD } from "../contract/ids.ts";
import type { Lower, LowerFlow } from "../contract/ipcp.ts";
import { failure, success } from "../contract/outcome.ts";
import type { Timers } from "../contract/ports.ts";
import type { QosSpec } from "../contract/qos.ts";

/** Milliseconds that a packet, and an allocation, takes. */
const DELAY = 1;

/** One end of a flow. */
export class TestingFlow implements LowerFlow {
  /** The other end. */
  peer: TestingFlow | undefined;
  readonly #timers: Timers;
  readonly #free: () => void;
  #receive: ((packet: Uint8Array) => void) | undefined;
  #waiting: Uint8Array[] = [];
  #down: ((reason: string) => void) | undefined;
  #changed: (() => void) | undefined;
  #maxPacket = 1024 * 1024;
  #suspended = false;
  #lost: string | undefined;
  #over = false;

  /** Makes an end that stands alone. @param free called when it is deallocated */
  constructor(timers: Timers, readonly fd: Fd, readonly qos: QosSpec, free: () => void) {
    this.#timers = timers;
    this.#free = free;
  }

  get queued(): number {
    return 0;
  }

  get maxPacket(): number {
    return this.#maxPacket;
  }

  get suspended(): boolean {
    return this.#suspended;
  }

  /** Has this end deallocated it? */
  get over(): boolean {
    return this.#over;
  }

  send(packet: Uint8Array, header: Uint8Array = new Uint8Array(0)): boolean {
    if (this.#over || this.#lost !== undefined) return false;
    if (header.length + packet.length > this.#maxPacket) return false;
    if (this.#suspended) return true; // It is lost, as on a cable that is cut.
    const bytes = new Uint8Array([...header, ...packet]);
    this.#timers.after(DELAY, () => this.peer?.take(bytes));
    return true;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
    for (const packet of this.#waiting.splice(0)) this.take(packet);
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** The layer below carries packets of at most so many bytes from now on. */
  limit(maxPacket: number): void {
    this.#maxPacket = maxPacket;
    this.#changed?.();
  }

  /** The layer below carries nothing for now, or carries packets again. */
  suspend(suspended: boolean): void {
    this.#suspended = suspended;
    this.#changed?.();
  }

  onDrained(): void {}

  onDown(down: (reason: string) => void): void {
    this.#down = down;
    if (this.#lost !== undefined) down(this.#lost);
  }

  deallocate(): void {
    if (this.#over) return;
    this.#over = true;
    this.#free();
    this.#timers.after(DELAY, () => this.peer?.lose("the other end is done with it"));
  }

  /** The flow goes down at this end. */
  lose(reason: string): void {
    if (this.#over || this.#lost !== undefined) return;
    this.#lost = reason;
    this.#down?.(reason);
  }

  /** A packet arrives at this end. */
  take(packet: Uint8Array): void {
    if (this.#over) return;
    if (this.#receive) this.#receive(packet);
    else this.#waiting.push(packet);
  }
}

/**
 * What stands in for the layers below: names, and who accepts flows for them.
 *
 * @example
 * ```ts
 * import { TestingNetwork } from "./lower.ts";
 * import { QOS } from "../contract/qos.ts";
 * import { VirtualTime } from "../sim/virtual_time.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const network = new TestingNetwork(time);
 * let packets = 0;
 * network.host("b").accept((flow) => flow.onPacket(() => packets++));
 * network.host("a").allocate("b", QOS.raw, (outcome) => outcome.ok && outcome.value.send(new Uint8Array(3)));
 * time.advance(10);
 * assert.equal(packets, 1);
 * ```
 */
export class TestingNetwork {
  readonly #timers: Timers;
  readonly #accepting = new Map<string, TestingHost>();

  /** Makes a network without hosts. */
  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** An IPCP that accepts flows for these names once it calls accept. */
  host(...names: readonly string[]): TestingHost {
    const host = new TestingHost(this.#timers, (name) => this.#accepting.get(name));
    for (const name of names) this.#accepting.set(name, host);
    return host;
  }
}

/** What one IPCP sees of the layers below. */
export class TestingHost implements Lower {
  /** Flows that are there, by number. */
  readonly flows = new Map<Fd, TestingFlow>();
  readonly #timers: Timers;
  readonly #find: (name: string) => TestingHost | undefined;
  #accept: ((flow: LowerFlow) => void) | undefined;

  /** Makes a host. @param find gives the host that accepts flows for a name */
  constructor(timers: Timers, find: (name: string) => TestingHost | undefined) {
    this.#timers = timers;
    this.#find = find;
  }

  accept(accept: (flow: LowerFlow) => void): void {
    this.#accept = accept;
  }

  allocate(...[name, qos, done]: Parameters<Lower["allocate"]>): void {
    this.#timers.after(DELAY, () => {
      const other = this.#find(name);
      if (!other || !other.#accept) return done(failure(new NameError(`no layer below knows "${name}"`)));
      const near = this.#open(qos);
      const far = other.#open(qos);
      near.peer = far;
      far.peer = near;
      other.#accept(far);
      done(success(near));
    });
  }

  #open(qos: QosSpec): TestingFlow {
    let number = FIRST_FD;
    while (this.flows.has(fd(number))) number++;
    const flow = new TestingFlow(this.#timers, fd(number), qos, () => this.flows.delete(fd(number)));
    this.flows.set(fd(number), flow);
    return flow;
  }
}
