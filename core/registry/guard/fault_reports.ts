/**
 * Tells the IRMd of the faults of plugins: at once of the first, then a sum of those that have come since, once a second at most.
 *
 * @module
 */
import type { Timers } from "../../contract/ports.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** Milliseconds between two reports of one plugin, at least. */
const INTERVAL = 1000;

interface Told {
  faults: number;
  waiting: boolean;
}

/** Makes what takes each fault. @param notify tells the IRMd */
export function faultReports(
  timers: Timers,
  notify: (method: string, params: unknown) => void,
): (plugin: GuardedPlugin) => void {
  const told = new Map<GuardedPlugin, Told>();
  const tell = (plugin: GuardedPlugin, last: Told) => {
    if (last.waiting || last.faults === plugin.faults) return;
    notify("upper.fault", { ...plugin.stats(), faults: plugin.faults - last.faults });
    last.faults = plugin.faults;
    last.waiting = true;
    timers.after(INTERVAL, () => {
      last.waiting = false;
      tell(plugin, last);
    });
  };
  return (plugin) => {
    let last = told.get(plugin);
    if (!last) told.set(plugin, last = { faults: 0, waiting: false });
    tell(plugin, last);
  };
}
