/**
 * A device on a simulated Ethernet segment, and its ports.
 *
 * @module
 */
import { ExistsError, NotFoundError } from "../../contract/errors.ts";
import {
  type EthernetPort,
  type FrameFilter,
  type MacAddress,
  type Networks,
  NO_NETWORKS,
} from "../../contract/network.ts";
import type { Clock, Timers } from "../../contract/ports.ts";
import { joinBytes } from "../../kit/bytes.ts";
import { ETHERNET_HEADER_BYTES, etherType, goesTo, goesToGroup } from "../../wire/ethernet_frame.ts";

/** Frames that wait in a device at most. */
const QUEUE = 1024;
/** Ethertypes start here; lower numbers are lengths of LLC frames. */
const FIRST_ETHER_TYPE = 0x0600;

/** The segment that a device is on, as the device sees it. */
export interface Segment {
  /** Its clock and timers. */
  readonly time: Clock & Timers;
  /** Milliseconds that a frame of so many bytes takes to be sent. */
  duration(bytes: number): number;
  /** Carries a frame to the other devices. It is copied before the call returns. */
  carry(frame: Uint8Array, from: EthernetDevice): void;
}

/** A device. */
export class EthernetDevice {
  /** It takes frames to all addresses. */
  promiscuous = false;
  /** The networks of a host that has this device only. */
  readonly networks: Networks;
  readonly #ports = new Set<SimulatedEthernetPort>();
  #name: string;
  #address: MacAddress;
  #mtu = 1500;
  #up = true;
  #present = true;
  #waiting = 0;
  /** When the last frame is out. */
  #free = 0;

  constructor(private readonly segment: Segment, name: string, address: MacAddress) {
    this.#name = name;
    this.#address = address;
    this.networks = hostWith(this);
  }

  /** Its name. */
  get name(): string {
    return this.#name;
  }
  set name(name: string) {
    this.#name = name;
    this.#change();
  }

  /** Its MAC address. */
  get address(): MacAddress {
    return this.#address;
  }
  set address(address: MacAddress) {
    this.#address = address;
    this.#change();
  }

  /** Returns whether the device is there. */
  get present(): boolean {
    return this.#present;
  }

  /** Frames that wait to be sent. */
  get queued(): number {
    return this.#waiting;
  }

  /** Returns the largest payload of a frame, in bytes. */
  get mtu(): number {
    return this.#mtu;
  }
  set mtu(mtu: number) {
    this.#mtu = mtu;
    this.#change();
  }

  /** It is up and has a carrier. */
  get up(): boolean {
    return this.#up;
  }
  set up(up: boolean) {
    this.#up = up;
    this.#change();
  }

  /** It vanishes. */
  remove(reason = "the device was removed"): void {
    this.#present = false;
    for (const port of [...this.#ports]) port.lose(reason);
    this.#ports.clear();
  }

  /** The process that has opened it dies. */
  kill(): void {
    for (const port of [...this.#ports]) port.close();
  }

  /** It is there again. */
  restore(): void {
    this.#present = true;
  }

  /** Opens it for the frames of one protocol. @throws ExistsError when somebody has done so */
  open(filter: FrameFilter): SimulatedEthernetPort {
    for (const other of this.#ports) {
      if (other.filter === filter) {
        throw new ExistsError(`somebody takes these frames of ${this.name} already`);
      }
    }
    const port = new SimulatedEthernetPort(this, filter);
    this.#ports.add(port);
    return port;
  }

  /** Ends a port. */
  close(port: SimulatedEthernetPort): void {
    this.#ports.delete(port);
  }

  /** Sends a frame, whatever it says. False: it is down, or too many wait. */
  transmit(frame: Uint8Array): boolean {
    if (!this.#up || !this.#present || this.#waiting >= QUEUE) return false;
    const duration = this.segment.duration(frame.length);
    if (duration === 0) {
      this.segment.carry(frame, this);
      return true;
    }
    const now = this.segment.time.now();
    this.#free = Math.max(this.#free, now) + duration;
    const copy = frame.slice();
    this.#waiting++;
    this.segment.time.after(this.#free - now, () => {
      this.#waiting--;
      if (this.#up && this.#present) this.segment.carry(copy, this);
      for (const port of this.#ports) port.drain();
    });
    return true;
  }

  /** A frame arrives. */
  receive(frame: Uint8Array): void {
    if (!this.#up || !this.#present || (!this.promiscuous && !isFor(frame, this))) return;
    for (const port of [...this.#ports]) {
      if (passes(frame, port.filter)) port.receive(frame);
    }
  }

  #change(): void {
    for (const port of this.#ports) port.change();
  }
}

/** A device, opened for one protocol. */
export class SimulatedEthernetPort implements EthernetPort {
  /** Frames that were lost here. */
  readonly lost = { sent: 0, received: 0 };
  readonly #device: EthernetDevice;
  #receive: (frame: Uint8Array) => void = () => {};
  #changed: () => void = () => {};
  #gone: (reason: string) => void = () => {};
  #drained: { readonly level: number; readonly run: () => void } | undefined;
  #above = false;
  #open = true;

  constructor(
    device: EthernetDevice,
    /** The frames that it gets. */
    readonly filter: FrameFilter,
  ) {
    this.#device = device;
  }

  get device(): string {
    return this.#device.name;
  }
  get address(): MacAddress {
    return this.#device.address;
  }
  get mtu(): number {
    return this.#device.mtu;
  }
  get up(): boolean {
    return this.#device.up;
  }
  get queued(): number {
    return this.#device.queued;
  }

  send(packet: Uint8Array, header: Uint8Array): boolean {
    const frame = joinBytes(header, packet);
    const fits = frame.length - ETHERNET_HEADER_BYTES <= this.#device.mtu;
    const sent = this.#open && fits && this.#device.transmit(frame);
    if (!sent) this.lost.sent++;
    if (this.#drained && this.queued > this.#drained.level) this.#above = true;
    return sent;
  }

  onFrame(receive: (frame: Uint8Array) => void): void {
    this.#receive = receive;
  }
  onChange(changed: () => void): void {
    this.#changed = changed;
  }
  onGone(gone: (reason: string) => void): void {
    this.#gone = gone;
  }
  onDrained(level: number, run: () => void): void {
    this.#drained = { level, run };
    this.#above = this.queued > level;
  }

  close(): void {
    this.#open = false;
    this.#device.close(this);
  }

  /** A frame is there. */
  receive(frame: Uint8Array): void {
    if (this.#open) this.#receive(frame);
  }

  /** The device has changed. */
  change(): void {
    if (this.#open) this.#changed();
  }

  /** The device is gone. */
  lose(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#gone(reason);
  }

  /** Fewer frames wait. */
  drain(): void {
    if (!this.#drained || !this.#above || this.queued > this.#drained.level) return;
    this.#above = false;
    this.#drained.run();
  }
}

/** Does a port that asked for `filter` get the frame? */
function passes(frame: Uint8Array, filter: FrameFilter): boolean {
  if (frame.length < ETHERNET_HEADER_BYTES) return false;
  const type = etherType(frame);
  return filter === "llc" ? type < FIRST_ETHER_TYPE : type === filter;
}

/** Does a device that is not promiscuous take the frame? */
const isFor = (frame: Uint8Array, { address }: EthernetDevice): boolean =>
  goesTo(frame, address) || goesToGroup(frame);

/** Returns the networks of a host with these devices. */
export const hostWith = (...devices: readonly EthernetDevice[]): Networks => ({
  ...NO_NETWORKS,
  openEthernet: (name, filter): SimulatedEthernetPort => {
    const device = devices.find((one) => one.name === name && one.present);
    if (!device) throw new NotFoundError(`this host has no device ${name}`);
    return device.open(filter);
  },
});
