/**
 * The address of the own device, and those that it had before: peers that have not heard of the change believe that it has one of them.
 *
 * @module
 */
import type { MacAddress } from "../../core/contract/network.ts";
import { BoundedMap } from "../../core/kit/bounded_map.ts";
import { MAC_BYTES, macAddress } from "../../core/wire/ethernet_frame.ts";

/** Addresses that are remembered. */
const MAX_FORMER = 8;

/** The own addresses. */
export class OwnAddresses {
  /** By text, the one that was left last at the end. */
  readonly #former = new BoundedMap<string, MacAddress>(MAX_FORMER);
  #current: MacAddress;

  /** @param place that of an IPCP of the same name that ran before */
  constructor(current: MacAddress, place: string | undefined) {
    this.#current = current;
    const before = Uint8Array.fromHex(place ?? "");
    for (let at = 0; at + MAC_BYTES <= before.length; at += MAC_BYTES) {
      this.#leave(macAddress(before.slice(at, at + MAC_BYTES)));
    }
  }

  /** Returns the address of the device, as peers are told. */
  get current(): MacAddress {
    return this.#current;
  }

  /** Returns the former ones. */
  get former(): Iterable<MacAddress> {
    return this.#former.values();
  }

  /** Returns all of them, as text. */
  get place(): string {
    return [...this.#former.keys(), this.#current.toHex()].join("");
  }

  /** Was it the own one, and is it no more? */
  had(address: Uint8Array): boolean {
    return this.#former.has(address.toHex());
  }

  /** The device has another address. */
  change(to: MacAddress): void {
    const before = this.#current;
    this.#current = to;
    this.#leave(before);
  }

  #leave(address: MacAddress): void {
    this.#former.set(address.toHex(), address);
    this.#former.delete(this.#current.toHex());
  }
}
