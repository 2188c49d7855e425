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
import { isReliable, type QosSpec } from "../contract/qos.ts";
import type { Impairment } from "../kit/impairment.ts";

/** Milliseconds that a packet, and an allocation, takes. */
const DELAY = 1;
/** Milliseconds after which a reliable flow sends again what got lost. */
const AGAIN = 300;
/** Milliseconds of an outage after which flows go down. */
const PEER_TIMEOUT = 120_000;
/** Milliseconds of an outage after which an allocation fails. */
const LOOK_UP = 1000;
const NOTHING: readonly number[] = [];
const AT_ONCE: readonly number[] = [0];

/** Says for each copy of a packet that arrives how late it is. */
type Carry = (packet: Uint8Array, qos: QosSpec) => readonly number[];

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
  #shut = false;
  readonly #carry: Carry;

  /** Makes an end that stands alone. @param free called when it is deallocated */
  constructor(timers: Timers, readonly fd: Fd, readonly qos: QosSpec, free: () => void, carry: Carry) {
    this.#timers = timers;
    this.#free = free;
    this.#carry = carry;
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
    if (this.#over || this.#shut || this.#lost !== undefined) return false;
    if (header.length + packet.length > this.#maxPacket) return false;
    if (this.#suspended) return true; // It is lost, as on a cable that is cut.
    const bytes = new Uint8Array([...header, ...packet]);
    for (const late of this.#carry(bytes, this.qos)) {
      this.#timers.after(DELAY + late, () => this.peer?.take(bytes));
    }
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
    if (this.#carry(new Uint8Array(0), this.qos).length === 0) return;
    this.#timers.after(DELAY, () => this.peer?.lose("the other end is done with it"));
  }

  /** The process at this end is gone, and nobody is told: who sends something is told that there is no such flow. */
  vanish(): void {
    this.#over = true;
  }

  /** From now on this end takes nothing; whoever holds it hears a moment later why, as a process hears of a socket that was closed. */
  shut(reason: string): void {
    this.#shut = true;
    this.#timers.after(DELAY, () => this.lose(reason));
  }

  /** The flow goes down at this end. */
  lose(reason: string): void {
    if (this.#over || this.#lost !== undefined) return;
    this.#lost = reason;
    this.#down?.(reason);
  }

  /** A packet arrives at this end. */
  take(packet: Uint8Array): void {
    if (this.#over) {
      this.#timers.after(DELAY, () => this.peer?.lose("the other end has no such flow"));
      return;
    }
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
  /** What happens to packets; nothing when it is left out. Reliable flows send again what is lost. */
  impairment: Impairment | undefined;
  readonly #timers: Timers;
  readonly #accepting = new Map<string, TestingHost>();
  readonly #hosts: TestingHost[] = [];
  #cut = false;
  #cuts = 0;

  /** Makes a network without hosts. */
  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** An IPCP that accepts flows for these names once it calls accept. */
  host(...names: readonly string[]): TestingHost {
    const host = new TestingHost(this.#timers, this, (packet, qos) => this.#carry(packet, qos));
    this.#hosts.push(host);
    for (const name of names) this.#accepting.set(name, host);
    return host;
  }

  /** Who accepts flows for a name; undefined when nobody can be reached who does. */
  find(name: string): TestingHost | undefined {
    return this.#cut ? undefined : this.#accepting.get(name);
  }

  /** Milliseconds until a host knows that a name cannot be found. */
  get lookUp(): number {
    return this.#cut ? LOOK_UP : DELAY;
  }

  /** From now on nothing arrives and nobody is told. Flows go down when that lasts. */
  cut(): void {
    this.#cut = true;
    const cut = ++this.#cuts;
    const flows = this.#hosts.flatMap((host) => [...host.flows.values()]);
    this.#timers.after(PEER_TIMEOUT, () => {
      if (!this.#cut || this.#cuts !== cut) return;
      for (const flow of flows) flow.lose("the other end was not heard of for 120 s");
    });
  }

  /** Packets arrive again. */
  heal(): void {
    this.#cut = false;
  }

  #carry(packet: Uint8Array, qos: QosSpec): readonly number[] {
    if (this.#cut) return NOTHING;
    if (!this.impairment) return AT_ONCE;
    for (let late = 0;; late += AGAIN) {
      const copies = this.impairment(packet, 0);
      if (copies.length > 0 || !isReliable(qos)) return copies.map((copy) => copy + late);
    }
  }
}

/** What one IPCP sees of the layers below. */
export class TestingHost implements Lower {
  /** Flows that are there, by number. */
  readonly flows = new Map<Fd, TestingFlow>();
  readonly #timers: Timers;
  readonly #network: TestingNetwork;
  readonly #carry: Carry;
  #accept: ((flow: LowerFlow) => void) | undefined;

  /** Makes a host on a network. */
  constructor(timers: Timers, network: TestingNetwork, carry: Carry) {
    this.#timers = timers;
    this.#network = network;
    this.#carry = carry;
  }

  accept(accept: (flow: LowerFlow) => void): void {
    this.#accept = accept;
  }

  allocate(...[name, qos, done]: Parameters<Lower["allocate"]>): void {
    this.#timers.after(this.#network.lookUp, () => {
      const other = this.#network.find(name);
      if (!other || !other.#accept) return done(failure(new NameError(`no layer below knows "${name}"`)));
      const near = this.#open(qos);
      const far = other.#open(qos);
      near.peer = far;
      far.peer = near;
      other.#accept(far);
      done(success(near));
    });
  }

  /** The process is gone without a word. */
  vanish(): void {
    this.#accept = undefined;
    for (const flow of this.flows.values()) flow.vanish();
    this.flows.clear();
  }

  #open(qos: QosSpec): TestingFlow {
    let number = FIRST_FD;
    while (this.flows.has(fd(number))) number++;
    const free = () => this.flows.delete(fd(number));
    const flow = new TestingFlow(this.#timers, fd(number), qos, free, this.#carry);
    this.flows.set(fd(number), flow);
    return flow;
  }
}
