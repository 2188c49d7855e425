/**
 * Link-state updates in words.
 *
 * @module
 */
import type { PacketFormats } from "../../core/contract/formats.ts";
import { addressText } from "../../core/contract/ids.ts";
import { isEmpty, isPack } from "./flooding/packs.ts";
import { decodeLinkStateUpdate, LINK_STATE_UPDATE_BYTES } from "./link_state_update.ts";

/** The packets of link-state routing. */
export const linkStateFormats: PacketFormats = {
  describe(place, packet) {
    if (place !== "management") return undefined;
    if (!isPack(packet)) return describeUpdate(packet);
    if (isEmpty(packet, 0)) return "a greeting: updates may go together";
    const first = describeUpdate(packet.subarray(0, LINK_STATE_UPDATE_BYTES));
    return `${packet.length / LINK_STATE_UPDATE_BYTES} updates, the first one: ${first}`;
  },
};

function describeUpdate(packet: Uint8Array): string {
  const { source, destination, sequence } = decodeLinkStateUpdate(packet);
  // From 2⁵² on odd numbers withdraw (docs/wire-extensions.md).
  const withdrawn = sequence >= 2 ** 52 && sequence % 2 === 1 ? ", withdrawn" : "";
  return `link ${addressText(source)} → ${addressText(destination)}, number ${sequence}${withdrawn}`;
}
