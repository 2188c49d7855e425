/**
 * The addresses that IPCPs had in their layers: one that comes back under its name gets its address again, so that others find at
 * once what they know at that address.
 *
 * @module
 */
import { asOuroError } from "../../contract/errors.ts";
import type { FormerAddress } from "../../contract/ipcp.ts";
import { address } from "../../contract/ids.ts";
import type { Log } from "../../contract/ports.ts";
import { BoundedMap } from "../../kit/bounded_map.ts";
import { fieldsOf, integer, list, name } from "../../wire/local/fields.ts";
import type { Memory } from "./machine.ts";

const MAX_KEPT = 4096;
const MAX_ADDRESS = 0xffffffff;

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

  /** Notes the address that an IPCP has. */
  set(ipcp: string, layer: string, value: number): void {
    const known = this.#kept.get(ipcp);
    if (known?.layer === layer && known.address === value) return;
    this.#kept.set(ipcp, { layer, address: address(value) });
    try {
      const rows = [...this.#kept].map(([ipcp, { layer, address }]) => ({ ipcp, layer, address }));
      this.#memory?.save(JSON.stringify({ addresses: rows }));
    } catch (thrown) {
      this.#log.warning(`The addresses of IPCPs cannot be kept: ${asOuroError(thrown).message}.`);
    }
  }

  #read(text: string): void {
    const rows = list(fieldsOf(JSON.parse(text), "the file"), "addresses", MAX_KEPT, (from, key) => {
      const row = fieldsOf(from[key], key);
      return {
        ipcp: name(row, "ipcp"),
        layer: name(row, "layer"),
        address: address(integer(row, "address", 1, MAX_ADDRESS)),
      };
    });
    for (const { ipcp, ...former } of rows) this.#kept.set(ipcp, former);
  }
}
