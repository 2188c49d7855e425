/**
 * What a plugin tells of its packets, under guard.
 *
 * @module
 */
import type { PacketFormats } from "../../contract/formats.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** The watchdog knows who describes. What it throws is no fault: a malformed packet is described so. */
export function guardedFormats(formats: PacketFormats, plugin: GuardedPlugin): PacketFormats {
  const watched = <T>(run: () => T): T => {
    const before = plugin.begin();
    try {
      return run();
    } finally {
      plugin.leave(before);
    }
  };
  return {
    describe: (place, packet, inner) => watched(() => formats.describe(place, packet, inner)),
    ...formats.transferHeader && {
      transferHeader: (packet) => watched(() => formats.transferHeader?.(packet)),
    },
  };
}
