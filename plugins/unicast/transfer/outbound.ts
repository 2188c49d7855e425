/**
 * Packets that wait for an N-1 flow. The layer's scheduling policy says which QoS cube goes next; the flows of a cube take turns.
 *
 * @module
 */
import type { Scheduling, SchedulingQueue } from "../../../core/contract/policies/small_policies.ts";
import type { QosCube } from "../../../core/contract/qos.ts";
import { FairLine } from "../../../core/kit/queues/fair_line.ts";

/** Packets of one cube that may wait, and bytes of them: one cube does not take the room of another. */
const MAX_PACKETS = 8192;
const MAX_BYTES = 2 * 1024 * 1024;
/**
 * A flow may have so many times what is free: there is room for others at any time, and who sends too much loses before them
 * (dynamic thresholds: A. Choudhury, E. Hahne, 1998).
 */
const OF_FREE = 2;
/** Slots of one cube that are kept for later when no packet is in them. */
const MAX_FREE = 256;

/** A packet that waits. */
export interface WaitingPacket {
  readonly cube: QosCube;
  /** The packet, header and all. */
  readonly packet: Uint8Array;
  /** Where the packets of its flow wait. */
  readonly place: number;
}

/** Memory for a packet; used again, mostly for packets of the same cube and size. */
class Slot implements WaitingPacket {
  packet: Uint8Array;
  place = 0;
  #memory: Uint8Array;

  constructor(readonly cube: QosCube, length: number) {
    this.#memory = this.packet = new Uint8Array(length);
  }

  fill(packet: Uint8Array, header: Uint8Array | undefined): void {
    const first = header === undefined ? 0 : header.length;
    const length = first + packet.length;
    if (length > this.#memory.length) this.#memory = this.packet = new Uint8Array(length);
    else if (length !== this.packet.length) this.packet = this.#memory.subarray(0, length);
    if (header !== undefined) this.packet.set(header);
    this.packet.set(packet, first);
  }
}

/** The packets of a cube. */
class CubeLine {
  readonly free: Slot[] = [];
  /** Made when the first one waits. */
  #line: FairLine<Slot> | undefined;

  constructor(readonly cube: QosCube) {}

  get length(): number {
    return this.#line === undefined ? 0 : this.#line.length;
  }

  /** Packets ahead of a flow's next one when each flow that waits has as many as this one. */
  ahead(place: number): number {
    return this.#line === undefined ? 0 : this.#line.lengthAt(place) * this.#line.flows;
  }

  put(packet: Uint8Array, header: Uint8Array | undefined, bytes: number, flow: number): boolean {
    const line = this.#line ??= new FairLine<Slot>();
    const place = line.placeOf(flow);
    if (line.lengthAt(place) >= OF_FREE * (MAX_PACKETS - line.length)) return false;
    if (line.bytesAt(place) + bytes > OF_FREE * (MAX_BYTES - line.bytes)) return false;
    const slot = this.free.pop() ?? new Slot(this.cube, bytes);
    slot.fill(packet, header);
    slot.place = place;
    line.add(slot, bytes, place);
    return true;
  }

  next(): Slot | undefined {
    return this.#line?.next();
  }
}

/** The packets. */
export class Outbound {
  readonly #best = new CubeLine(0);
  readonly #video = new CubeLine(1);
  readonly #voice = new CubeLine(2);
  /** Cubes, each as often as packets of it wait. */
  readonly #turns: SchedulingQueue<CubeLine>;
  #length = 0;

  constructor(scheduling: Scheduling) {
    this.#turns = scheduling.queue();
  }

  /** Packets that wait. */
  get length(): number {
    return this.#length;
  }

  /** Packets that wait and are of a cube or a higher one: those that the next packet of the cube waits for. */
  ahead(cube: QosCube): number {
    if (cube === 0 || this.#length === 0) return this.#length;
    return cube === 1 ? this.#video.length + this.#voice.length : this.#voice.length;
  }

  /** The same for a packet of the flow of one that was taken out, if all flows that wait had as many packets as this one. */
  aheadOf({ cube, place }: WaitingPacket): number {
    const all = this.ahead(cube);
    return all === 0 ? 0 : Math.min(all, this.#of(cube).ahead(place));
  }

  /** Copies a packet of a flow. False: too many of its cube wait, or of the flow itself. */
  put(packet: Uint8Array, header: Uint8Array | undefined, cube: QosCube, flow: number): boolean {
    const bytes = packet.length + (header === undefined ? 0 : header.length);
    const line = this.#of(cube);
    if (!line.put(packet, header, bytes, flow)) return false;
    this.#length++;
    this.#turns.add(line, cube, bytes);
    return true;
  }

  /** Takes out the packet whose turn it is, valid until the next call of {@link put}; undefined when none waits. */
  next(): WaitingPacket | undefined {
    const line = this.#turns.next();
    const slot = line?.next();
    if (line === undefined || slot === undefined) return undefined;
    this.#length--;
    if (line.free.length < MAX_FREE) line.free.push(slot);
    return slot;
  }

  /** Drops all packets. */
  clear(): void {
    while (this.next() !== undefined);
  }

  #of(cube: QosCube): CubeLine {
    return cube === 0 ? this.#best : cube === 1 ? this.#video : this.#voice;
  }
}
