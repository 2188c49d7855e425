/**
 * Link-state updates in words.
 *
 * @module
 */
import type { PacketFormats } from "../../core/contract/formats.ts";
import { addressText } from "../../core/contract/ids.ts";
import { decodeLinkStateUpdate } from "./link_state_update.ts";

/** The packets of link-state routing. */
export const linkStateFormats: PacketFormats = {
  describe(place, packet) {
    if (place !== "management") return undefined;
    const { source, destination, sequence } = decodeLinkStateUpdate(packet);
    // From 2⁵² on odd numbers withdraw (docs/wire-extensions.md).
    const withdrawn = sequence >= 2 ** 52 && sequence % 2 === 1 ? ", withdrawn" : "";
    return `link ${addressText(source)} → ${addressText(destination)}, number ${sequence}${withdrawn}`;
  },
};
