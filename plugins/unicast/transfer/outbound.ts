/**
 * Packets that wait for an N-1 flow, in the order of the layer's scheduling policy.
 *
 * @module
 */
import type { Scheduling, SchedulingQueue } from "../../../core/contract/policies/small_policies.ts";
import type { QosCube } from "../../../core/contract/qos.ts";

/** Packets of one cube that may wait, and bytes of them: one cube does not take the room of another. */
const MAX_PACKETS = 8192;
const MAX_BYTES = 2 * 1024 * 1024;
/** Slots of one cube that are kept for later when no packet is in them. */
const MAX_FREE = 256;

/** A packet that waits. */
export interface WaitingPacket {
  readonly cube: QosCube;
  /** The packet, header and all. */
  readonly packet: Uint8Array;
}

/** Memory for a packet; used again, mostly for packets of the same cube and size. */
class Slot implements WaitingPacket {
  packet: Uint8Array;
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

/** The packets. */
export class Outbound {
  readonly #queue: SchedulingQueue<Slot>;
  /** By cube. */
  readonly #packets = [0, 0, 0];
  readonly #bytes = [0, 0, 0];
  readonly #free: readonly Slot[][] = [[], [], []];
  #length = 0;

  constructor(scheduling: Scheduling) {
    this.#queue = scheduling.queue();
  }

  /** Packets that wait. */
  get length(): number {
    return this.#length;
  }

  /** Packets that wait and are of a cube or a higher one: those that the next packet of the cube waits for. */
  ahead(cube: QosCube): number {
    if (cube === 0) return this.#length;
    return cube === 1 ? this.#packets[1] + this.#packets[2] : this.#packets[2];
  }

  /** Copies a packet. False: too many of its cube wait. */
  put(packet: Uint8Array, header: Uint8Array | undefined, cube: QosCube): boolean {
    const bytes = packet.length + (header === undefined ? 0 : header.length);
    if (this.#packets[cube] >= MAX_PACKETS || this.#bytes[cube] + bytes > MAX_BYTES) return false;
    const slot = this.#free[cube].pop() ?? new Slot(cube, bytes);
    slot.fill(packet, header);
    this.#packets[cube]++;
    this.#bytes[cube] += bytes;
    this.#length++;
    this.#queue.add(slot, cube, bytes);
    return true;
  }

  /** Takes out the packet whose turn it is, valid until the next call of {@link put}; undefined when none waits. */
  next(): WaitingPacket | undefined {
    const slot = this.#queue.next();
    if (slot === undefined) return undefined;
    const { cube } = slot;
    this.#packets[cube]--;
    this.#bytes[cube] -= slot.packet.length;
    this.#length--;
    if (this.#free[cube].length < MAX_FREE) this.#free[cube].push(slot);
    return slot;
  }

  /** Drops all packets. */
  clear(): void {
    while (this.next() !== undefined);
  }
}
