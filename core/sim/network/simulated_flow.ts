/**
 * One end of a flow over a link: what an IPCP type sees as {@link LowerFlow}.
 *
 * @module
 */
import type { Fd } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { QosSpec } from "../../contract/qos.ts";
import { Departures } from "../../kit/queues/departures.ts";
import { joinBytes, NO_BYTES } from "../../kit/bytes.ts";
import type { LinkEnd, LinkImpairment, SimulatedLink } from "./link.ts";
import { type BlockPool, PacketQueue } from "./packet_queue.ts";
import type { EventHandler, Scheduler } from "../scheduler.ts";

/** What all flows of a network share. */
export interface Carrier {
  /** Virtual time. */
  readonly scheduler: Scheduler;
  /** Bytes of packets on their way. */
  readonly pool: BlockPool;
  /** Sees every packet that is sent: its first bytes (at least those of its header), how long it is, and the bytes behind. */
  observe(flow: SimulatedFlow, start: Uint8Array, length: number, rest?: Uint8Array): void;
}

/** Which end of which link. */
export interface Place {
  /** Number of the node. */
  readonly node: number;
  /** The link. */
  readonly link: SimulatedLink;
  /** 0: from the lower node to the higher one. */
  readonly direction: 0 | 1;
}

/** One end of a flow. */
export class SimulatedFlow implements LowerFlow, LinkEnd, EventHandler {
  /** The other end. */
  peer: SimulatedFlow | undefined;
  /** For the observer's use: what runs on the flow. Both ends have their own. */
  tag = 0;
  readonly #inbound: PacketQueue;
  readonly #departures: Departures | undefined;
  readonly #event: number;
  /** Whether the event is asked for. */
  #asked = false;
  #delivering = false;
  /** Packets on their way are to be lost once the one at hand is delivered. */
  #losing = false;
  #over = false;
  #dropped = 0;
  #receive: ((packet: Uint8Array) => void) | undefined;
  #down: ((reason: string) => void) | undefined;
  #changed: (() => void) | undefined;
  #level = 0;
  #drained: (() => void) | undefined;
  #watching = false;

  /** Makes one, without a peer. @param ended called once, when the flow is gone at this end */
  constructor(
    readonly fd: Fd,
    readonly qos: QosSpec,
    readonly place: Place,
    private readonly carrier: Carrier,
    private readonly ended: () => void,
  ) {
    this.#inbound = new PacketQueue(carrier.pool);
    const { rate, queue } = place.link.options;
    if (rate !== Infinity) this.#departures = new Departures(queue);
    this.#event = carrier.scheduler.register(this);
    place.link.flows.add(this);
  }

  get suspended(): boolean {
    return this.place.link.suspended;
  }

  get maxPacket(): number {
    return this.place.link.maxPacket;
  }

  /** Returns whether the flow is gone at this end. */
  get over(): boolean {
    return this.#over;
  }

  /** Returns how many packets were not sent: too long, or the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  get queued(): number {
    return this.#departures?.waiting(this.carrier.scheduler.now()) ?? 0;
  }

  send(packet: Uint8Array, header?: Uint8Array): boolean {
    const { peer, place: { link, direction } } = this;
    if (this.#over || !peer) return false;
    const length = packet.length + (header ? header.length : 0);
    if (length > link.maxPacket || this.queued >= link.options.queue) {
      this.#dropped++;
      return false;
    }
    const now = this.carrier.scheduler.now();
    const sent = link.transmit(direction, length, now);
    this.carrier.observe(this, header ?? packet, length, header ? packet : undefined);
    if (this.#departures) {
      this.#departures.push(sent);
      this.#watch();
    }
    peer.#take(sent + link.options.delay, packet, header);
    return true;
  }

  onPacket(receive: (packet: Uint8Array) => void): void {
    this.#receive = receive;
    if (!this.#delivering) this.#ask();
  }

  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
    this.#watch();
  }

  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  onDown(down: (reason: string) => void): void {
    this.#down = down;
  }

  deallocate(): void {
    if (this.#over) return;
    const { peer, place: { link } } = this;
    if (peer && link.up && link.quiet === undefined) {
      const now = this.carrier.scheduler.now();
      const last = link.transmit(this.place.direction, 0, now) + link.options.delay;
      this.carrier.scheduler.after(last - now, () => {
        peer.#deliver(); // What was sent before.
        peer.fail("the other end has deallocated the flow");
      });
    }
    this.#end();
  }

  /** The flow goes down at this end, now. */
  fail(reason: string): void {
    if (this.#over) return;
    this.#end();
    this.#down?.(reason);
  }

  /** What the link carries has changed. */
  change(): void {
    if (!this.#over) this.#changed?.();
  }

  /** The packets on their way to this end are lost. */
  lose(): void {
    if (this.#delivering) this.#losing = true;
    else this.#inbound.clear();
  }

  /** The time of arrival of some packet has come. */
  fire(): void {
    this.#asked = false;
    this.#deliver();
    this.#ask();
  }

  #deliver(): void {
    const inbound = this.#inbound;
    const now = this.carrier.scheduler.now();
    const { short } = this.carrier.pool;
    const free = !short.busy;
    short.busy = true;
    this.#delivering = true;
    while (this.#receive && inbound.arrival <= now) {
      const packet = inbound.first(free ? short : undefined);
      this.#receive(packet);
      overwrite(packet); // It is valid during the call only.
      inbound.shift();
    }
    this.#delivering = false;
    if (free) short.busy = false;
    if (this.#losing) inbound.clear();
    this.#losing = false;
  }

  /** Asks for the event at the next arrival. */
  #ask(): void {
    if (this.#asked || this.#delivering || !this.#receive) return;
    const { scheduler } = this.carrier;
    const { arrival } = this.#inbound;
    if (arrival === Infinity) return;
    this.#asked = true;
    scheduler.at(Math.max(arrival, scheduler.now()), this.#event);
  }

  /** A packet is on its way to this end. */
  #take(arrival: number, packet: Uint8Array, header: Uint8Array | undefined): void {
    const { link, direction } = this.place;
    if (!link.up) return;
    if (this.#over) return this.#absent(arrival);
    if (link.translate) {
      const bytes = header ? joinBytes(header, packet) : packet;
      const translated = link.translate(bytes, this, direction === 0 ? 1 : 0);
      if (translated === undefined) return;
      [packet, header] = [translated, undefined];
    }
    if (link.impairment) return this.#impair(link.impairment, arrival, packet, header);
    this.#inbound.push(arrival, packet, header);
    this.#ask();
  }

  #absent(arrival: number): void {
    const { scheduler } = this.carrier;
    const { link } = this.place;
    const { cuts } = link;
    if (!link.options.absence || link.quiet !== undefined) return;
    scheduler.after(arrival + link.options.delay - scheduler.now(), () => {
      if (link.cuts === cuts) this.peer?.fail("there is no other end");
    });
  }

  #impair(
    impairment: LinkImpairment,
    arrival: number,
    packet: Uint8Array,
    header: Uint8Array = NO_BYTES,
  ): void {
    const { scheduler } = this.carrier;
    const { link, direction } = this.place;
    const { cuts } = link;
    const bytes = joinBytes(header, packet);
    for (const late of impairment(bytes, scheduler.now(), direction === 0 ? 1 : 0)) {
      scheduler.after(arrival + late - scheduler.now(), () => {
        if (this.#over || link.cuts !== cuts) return;
        this.#inbound.push(scheduler.now(), bytes);
        this.#ask();
      });
    }
  }

  /** Calls `drained` when the queue has fallen to the level, if it is above. */
  #watch(): void {
    const departures = this.#departures;
    if (!departures || !this.#drained || this.#watching || this.queued <= this.#level) return;
    const { scheduler } = this.carrier;
    this.#watching = true;
    scheduler.after(departures.timeOf(this.#level) - scheduler.now(), () => {
      this.#watching = false;
      if (this.#over) return;
      if (this.queued > this.#level) this.#watch();
      else this.#drained?.();
    });
  }

  #end(): void {
    this.#over = true;
    this.#receive = undefined;
    this.lose();
    this.carrier.scheduler.release(this.#event, this.#asked);
    this.#asked = false;
    const { link } = this.place;
    if (link.quiet !== undefined) {
      this.carrier.scheduler.after(link.quiet, () => this.peer?.fail("nothing comes from the other end"));
    }
    link.flows.delete(this);
    this.ended();
  }
}

/** In a loop where it is short, which is quicker. */
function overwrite(packet: Uint8Array): void {
  if (packet.length > 64) packet.fill(0xff);
  else for (let at = 0; at < packet.length; at++) packet[at] = 0xff;
}
