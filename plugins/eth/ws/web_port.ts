/**
 * What a hub and the members that dial it have in common: an Ethernet device that is no device.
 *
 * @module
 */
import type { EthernetPort, MacAddress } from "../../../core/contract/network.ts";
import type { Random } from "../../../core/contract/ports.ts";
import type { Stats } from "../../../core/contract/stats.ts";
import { MAC_BYTES, macAddress } from "../../../core/wire/ethernet_frame.ts";

/** What counts as a packet that waits is so many bytes: sockets have bytes. */
const UNIT = 1024;
/** In the first byte of an address: of a group, and given by somebody who is not a maker of cards. */
const GROUP = 1, LOCAL = 2;

/** Makes an address that nobody else has, as far as can be hoped. */
export function randomAddress(random: Random): MacAddress {
  const address = macAddress(random.bytes(MAC_BYTES));
  address[0] = (address[0] | LOCAL) & ~GROUP;
  return address;
}

/** A port on sockets. */
export abstract class WebPort implements EthernetPort {
  abstract readonly address: MacAddress;
  abstract readonly mtu: number;
  abstract readonly up: boolean;
  readonly lost = { sent: 0, received: 0 };
  protected receive: (frame: Uint8Array) => void = () => {};
  protected changed: () => void = () => {};
  #level = 0;
  #drained: () => void = () => {};
  /** More waits than the level. */
  #above = false;

  /** @param device what people know it by */
  constructor(readonly device: string) {}

  abstract get queued(): number;
  abstract send(packet: Uint8Array, header: Uint8Array): boolean;
  abstract close(): void;
  /** Counters of its sockets. */
  abstract stats(): Stats;

  onFrame(receive: (frame: Uint8Array) => void): void {
    this.receive = receive;
  }

  onChange(changed: () => void): void {
    this.changed = changed;
  }

  onDrained(level: number, drained: () => void): void {
    this.#level = level;
    this.#drained = drained;
    this.#above = this.queued > level;
  }

  /** It is never gone: what is down is dialled again. */
  onGone(): void {}

  /** Some of what waits was sent. */
  protected sent(): void {
    if (!this.#above || this.queued > this.#level) return;
    this.#above = false;
    this.#drained();
  }

  /** A packet was given to a socket. */
  protected counted(sent: boolean): boolean {
    if (!sent) this.lost.sent++;
    if (this.queued > this.#level) this.#above = true;
    return sent;
  }
}

/** Returns how many packets wait, as back pressure counts. */
export const packetsOf = (bytes: number): number => Math.ceil(bytes / UNIT);
