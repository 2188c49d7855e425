/**
 * The addresses that IPCPs had in their layers and below: one that comes back under its name gets its address again, so that others
 * find at once what they know at that address, and tells others that it has left its former place.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { FormerAddress } from "../../contract/ipcp.ts";
import { address } from "../../contract/ids.ts";
import type { Log } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import { type Fields, fieldsOf, hex, integer, list, name, optional } from "../../wire/local/fields.ts";
import type { Memory } from "./machine.ts";

const MAX_KEPT = 4096;
const MAX_ADDRESS = 0xffffffff;
const MAX_PLACE_BYTES = 64;

/** The last address of each IPCP, by its name. */
export class FormerAddresses {
  readonly #log: Log;
  readonly #memory: Memory | undefined;
  readonly #kept = new BoundedMap<string, FormerAddress>(MAX_KEPT);

  /** @param memory keeps them for the IRMd that runs after this one */
  constructor(log: Log, memory: Memory | undefined) {
    this.#log = log;
    this.#memory = memory;
    try {
      const text = memory?.load();
      if (text !== undefined) this.#read(text);
    } catch (thrown) {
      log.warning(`The former addresses of IPCPs cannot be read: ${asOuroError(thrown).message}.`);
    }
  }

  /** Returns the address that an IPCP had, and in which layer. */
  get(ipcp: string): FormerAddress | undefined {
    return this.#kept.get(ipcp);
  }

  /** Notes where an IPCP is. */
  set(ipcp: string, now: FormerAddress): void {
    const known = this.#kept.get(ipcp);
    if (known?.layer === now.layer && known.address === now.address && known.place === now.place) return;
    this.#kept.set(ipcp, now);
    try {
      const rows = [...this.#kept].map(([ipcp, former]) => ({ ipcp, ...former }));
      this.#memory?.save(JSON.stringify({ addresses: rows }));
    } catch (thrown) {
      this.#log.warning(`The addresses of IPCPs cannot be kept: ${asOuroError(thrown).message}.`);
    }
  }

  #read(text: string): void {
    const rows = list(fieldsOf(JSON.parse(text), "the file"), "addresses", MAX_KEPT, (from, key) => {
      const row = fieldsOf(from[key], key);
      return { ipcp: name(row, "ipcp"), layer: name(row, "layer"), ...readPlaces(row) };
    });
    for (const { ipcp, ...former } of rows) this.#kept.set(ipcp, former);
  }
}

/** Reads the address of an IPCP in its layer, and its place below; either may be missing. */
export const readPlaces = (from: Fields): Omit<FormerAddress, "layer"> => ({
  address: optional(from, "address", (from, key) => address(integer(from, key, 1, MAX_ADDRESS))),
  place: optional(from, "place", readPlace),
});

/** Reads a place. */
export const readPlace = (from: Fields, key: string): string => hex(from, key, 1, MAX_PLACE_BYTES);
