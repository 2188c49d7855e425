/**
 * An Ethernet segment in virtual time: devices with addresses, frames that are lost, late and forged as a test wants it.
 *
 * @module
 */
import type { Clock, Timers } from "../../contract/ports.ts";
import { macAddress } from "../../wire/ethernet_frame.ts";
import { EthernetDevice, type Segment } from "./ethernet_device.ts";

/** What a segment does to frames. */
export interface SegmentOptions {
  /** Milliseconds from one device to another; left out: 1. */
  readonly delay?: number;
  /** Bits a second that a device sends; left out: a frame takes no time. */
  readonly rate?: number;
}

/**
 * What may happen to a frame on its way: for each copy that arrives the milliseconds that it comes later than it should. None:
 * it is lost.
 */
export type FrameImpairment = (frame: Uint8Array, from: EthernetDevice) => readonly number[];

/**
 * A segment.
 *
 * @example
 * ```ts
 * import { EthernetSegment } from "./ethernet_segment.ts";
 * import { VirtualTime } from "../virtual_time.ts";
 * import { dixHeader } from "../../wire/ethernet_frame.ts";
 * import assert from "node:assert/strict";
 * const time = new VirtualTime();
 * const segment = new EthernetSegment(time);
 * const [one, other] = [segment.device("eth0"), segment.device("eth1")];
 * const frames: number[] = [];
 * other.networks.openEthernet("eth1", 0xa000).onFrame((frame) => frames.push(frame.length));
 * one.networks.openEthernet("eth0", 0xa000)
 *   .send(new Uint8Array(10), dixHeader(other.address, one.address, 0xa000, 1));
 * time.advance(10);
 * assert.deepEqual(frames, [28]);
 * ```
 */
export class EthernetSegment implements Segment {
  /** What happens to frames; nothing when it is left out. */
  impairment: FrameImpairment | undefined;
  /** Sees each frame that a device sends, before its impairment. */
  onSend: (frame: Uint8Array, from: EthernetDevice) => void = () => {};
  readonly time: Clock & Timers;
  readonly #delay: number;
  readonly #rate: number;
  readonly #devices: EthernetDevice[] = [];

  /** An empty one. */
  constructor(time: Clock & Timers, { delay = 1, rate = Infinity }: SegmentOptions = {}) {
    this.time = time;
    this.#delay = delay;
    this.#rate = rate;
  }

  /** Puts a device on it. @param address its MAC address, 6 bytes; left out: the next free one */
  device(name: string, address?: Uint8Array): EthernetDevice {
    const number = this.#devices.length + 1;
    const own = address ?? Uint8Array.of(2, 0, 0, 0, number >> 8, number);
    const device = new EthernetDevice(this, name, macAddress(own.slice()));
    this.#devices.push(device);
    return device;
  }

  duration(bytes: number): number {
    return bytes * 8000 / this.#rate;
  }

  carry(frame: Uint8Array, from: EthernetDevice): void {
    this.onSend(frame, from);
    const later = this.impairment?.(frame, from) ?? [0];
    if (later.length === 0) return;
    const copy = frame.slice();
    for (const delay of later) {
      this.time.after(this.#delay + delay, () => {
        for (const device of this.#devices) if (device !== from) device.receive(copy);
      });
    }
  }
}
