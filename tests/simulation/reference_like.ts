/**
 * Members that behave as the reference does, made of ours at the end of a path: what goes over their link is changed so that neither end
 * sees an extension of the wire formats. Such a member numbers its adjacencies from 0, withdraws none, says nothing twice, asks nothing of
 * neighbours and believes no withdrawal of others; it answers no probe and neither tells nor hears when a flow ends.
 *
 * @module
 */
import type { Address } from "../../core/contract/ids.ts";
import {
  decodeLinkStateUpdate,
  encodeLinkStateUpdate,
  LINK_STATE_UPDATE_BYTES,
} from "../../plugins/routing/link_state_update.ts";
import { isEmpty, isPack } from "../../plugins/routing/flooding/packs.ts";
import { withdraws } from "../../plugins/routing/lsdb/sequence.ts";
import * as header from "../../plugins/unicast/wire/data_transfer_header.ts";

/** Where the code of a message of the flow allocator stands, and the first one that the reference does not know. */
const CODE = header.DATA_TRANSFER_HEADER_BYTES + 58;
const FIRST_UNKNOWN = 3;

/** How the member numbers an adjacency, and how the others see it. */
interface Numbers {
  readonly own: number;
  readonly shown: number;
}

/** One life of such a member. */
export class ReferenceLike {
  /** Its adjacencies, by the other end. */
  readonly #numbers = new Map<Address, Numbers>();
  /** What it has said on each flow: the greatest number of each adjacency. */
  readonly #said = new WeakMap<object, Map<string, number>>();

  /** @param own its address, if it has one */
  constructor(private readonly own: () => Address | undefined) {}

  /** What becomes of a packet that it sends on a flow; undefined: it would not send it. */
  sends(packet: Uint8Array, flow: object): Uint8Array | undefined {
    if (isGreeting(packet)) return undefined;
    if (!isUpdate(packet)) return isUnknown(packet) ? undefined : packet;
    const update = decodeLinkStateUpdate(packet);
    const { source, destination } = update;
    let { sequence } = update;
    if (source === this.own()) {
      if (withdraws(sequence)) {
        this.#numbers.delete(destination);
        return undefined;
      }
      const known = this.#numbers.get(destination) ?? { own: -1, shown: -1 };
      const shown = sequence > known.own ? known.shown + 1 : known.shown;
      this.#numbers.set(destination, { own: sequence, shown });
      sequence = shown;
    }
    const said = this.#said.get(flow) ?? new Map<string, number>();
    this.#said.set(flow, said);
    const key = `${source} ${destination}`;
    if (sequence <= (said.get(key) ?? -1)) return undefined;
    said.set(key, sequence);
    return encodeLinkStateUpdate({ source, destination, sequence });
  }

  /** What it understands of a packet that is sent to it; undefined: nothing. */
  hears(packet: Uint8Array): Uint8Array | undefined {
    if (isGreeting(packet)) return undefined;
    if (!isUpdate(packet)) return isUnknown(packet) ? undefined : packet;
    const { source, destination, sequence } = decodeLinkStateUpdate(packet);
    if (source !== this.own()) return withdraws(sequence) ? undefined : packet;
    const known = this.#numbers.get(destination);
    if (known === undefined || sequence <= known.shown) return undefined;
    // It goes on above what others have heard of it.
    this.#numbers.set(destination, { own: known.own, shown: sequence });
    return encodeLinkStateUpdate({ source, destination, sequence: known.own + 2 });
  }
}

/** An update begins with zeros, where packets of data transfer have the address that they go to. */
function isUpdate(packet: Uint8Array): boolean {
  return packet.length === LINK_STATE_UPDATE_BYTES && packet.subarray(0, 4).every((byte) => byte === 0);
}

/** It neither says that it takes updates that go together, nor hears that others do. */
const isGreeting = (packet: Uint8Array): boolean => isPack(packet) && isEmpty(packet, 0);

function isUnknown(packet: Uint8Array): boolean {
  return packet.length > CODE && packet[CODE] >= FIRST_UNKNOWN && header.headerEidHigh(packet) === 0 &&
    header.headerEidLow(packet) === header.FLOW_ALLOCATOR_EID;
}
