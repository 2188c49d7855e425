/**
 * An application of a scenario: asks for a flow, sends as it is told, and asks again when the flow is lost. Each packet says when it
 * was sent and by whom.
 *
 * @module
 */
import { QOS } from "../../contract/qos.ts";
import type { NameHash } from "../../contract/ids.ts";
import type { ApplicationFlow } from "../experiment/application_flow.ts";
import type { GroundNode } from "../ground.ts";
import type { Member } from "../member.ts";
import type { Scheduler } from "../scheduler.ts";
import type { ScenarioFlow } from "../scenario/scenario.ts";
import { FlowEnd } from "./flow_end.ts";
import type { FlowMeter } from "./flow_meter.ts";
import type { Random } from "../../contract/ports.ts";

/** Milliseconds until a flow is asked for again. */
const RETRY = 1000;
/** Milliseconds in which the last packets may arrive before a flow is given back. */
const LINGER = 500;
/** Failures of a flow that are kept. */
const MAX_FAILURES = 20;

/** What applications have around them. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Virtual time at which all layers were up, once they are. */
  readonly origin: number;
}

/** The host at an end: its member is another one after a restart. */
export type AtHost = () => Member<GroundNode>;

const endOf = (flow: ApplicationFlow, { layer }: Member<GroundNode>, { scheduler, random }: Surroundings) =>
  new FlowEnd(flow, { scheduler, random, mpl: layer?.mpl, maxPacket: layer?.maxPacket });

/** Accepts the flows to a name: answers pings, counts the packets of others. */
export function serve(
  at: AtHost,
  hash: NameHash,
  kind: ScenarioFlow["kind"],
  around: Surroundings,
  meters: readonly FlowMeter[],
  done: () => void,
): void {
  const { scheduler } = around;
  const member = at();
  const accept = (flow: ApplicationFlow) => {
    const end = endOf(flow, member, around);
    end.onRead = (packet) => {
      if (kind === "ping") return void end.write(packet.slice());
      const stamp = read(packet);
      if (stamp) meters[stamp.index]?.receive(scheduler.now() - around.origin, stamp.sent, packet.length);
    };
    end.onDown = () => end.close();
  };
  const register = () => {
    if (!member.alive) return;
    member.applications.serve(hash, accept, ({ ok }) => {
      if (ok) done();
      else scheduler.after(RETRY, register);
    });
  };
  register();
}

/** The application that sends. */
export class PlayedFlow {
  readonly #packet: Uint8Array;
  readonly #view: DataView;
  #end: FlowEnd | undefined;
  #stopped = false;
  /** A packet waits for its time. */
  #armed = false;
  /** A flow is asked for, or will be. */
  #asking = false;

  /** @param index which of the flows of its table it is */
  constructor(
    private readonly at: AtHost,
    private readonly hash: NameHash,
    private readonly spec: ScenarioFlow,
    private readonly index: number,
    private readonly around: Surroundings,
    readonly meter: FlowMeter,
  ) {
    this.#packet = new Uint8Array(spec.size);
    this.#view = new DataView(this.#packet.buffer);
  }

  /** Starts and stops at the times of the scenario. */
  schedule(): void {
    const { scheduler, origin } = this.around;
    const wait = origin - scheduler.now();
    this.#asking = true;
    scheduler.after(wait + this.meter.start, () => this.#allocate());
    scheduler.after(wait + this.spec.stop, () => {
      this.meter.silence(this.spec.stop);
      this.#stopped = true;
    });
    scheduler.after(wait + this.spec.stop + LINGER, () => this.#end?.close());
  }

  /** Its host is in the layer again. */
  revive(): void {
    if (!this.#end?.over) return;
    this.#end = undefined;
    this.#again("its host was killed");
  }

  /** The application at the other end was started again: the flow to its former self carries nothing any more. */
  renew(): void {
    const end = this.#end;
    if (!end) return;
    this.#end = undefined;
    this.meter.lost++;
    end.close();
    this.#again("the other end was killed");
  }

  #allocate(): void {
    const { scheduler, origin } = this.around;
    this.#asking = false;
    if (this.#stopped || this.#end) return;
    const member = this.at();
    if (!member.alive || !member.layer) return this.#again("its host is not in the layer");
    this.#asking = true;
    member.applications.allocate(this.hash, QOS[this.spec.qos], (outcome) => {
      this.#asking = false;
      if (!outcome.ok) return this.#again(outcome.error.message);
      this.meter.upAt ??= scheduler.now() - origin;
      const end = endOf(outcome.value, member, this.around);
      this.#end = end;
      end.onDown = () => {
        if (this.#end !== end) return;
        this.#end = undefined;
        this.meter.lost++;
        end.close();
        this.#again("the flow was lost");
      };
      end.onRead = (packet) => {
        const stamp = this.spec.kind === "ping" ? read(packet) : undefined;
        if (stamp) this.meter.receive(scheduler.now() - origin, stamp.sent, packet.length);
      };
      end.onWritable = () => {
        if (this.spec.kind === "greedy") this.#send();
      };
      this.#send();
    });
  }

  #again(why: string): void {
    if (this.#stopped || this.#asking) return;
    this.#asking = true;
    if (this.meter.failures.length < MAX_FAILURES) this.meter.failures.push(why);
    this.around.scheduler.after(RETRY, () => this.#allocate());
  }

  #send(): void {
    const { scheduler, origin } = this.around;
    const end = this.#end;
    if (this.#stopped || !end || this.#armed) return;
    if (end.over) return end.onDown();
    const now = scheduler.now() - origin;
    // Layers write into what they are given.
    this.#packet.fill(0);
    this.#view.setFloat64(0, now);
    this.#view.setUint32(8, this.index);
    this.#view.setUint32(12, this.meter.sent);
    const sent = end.write(this.#packet);
    if (sent) this.meter.send(now);
    if (!sent && this.spec.kind === "greedy") return;
    this.#armed = true;
    scheduler.after(this.spec.interval, () => {
      this.#armed = false;
      this.#send();
    });
  }
}

/** Reads what a packet says of itself. */
function read(packet: Uint8Array): { readonly sent: number; readonly index: number } | undefined {
  if (packet.length < 16) return undefined;
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  return { sent: view.getFloat64(0), index: view.getUint32(8) };
}
