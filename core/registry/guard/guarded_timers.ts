/**
 * Timers of a plugin: what they call is under guard like every other call.
 *
 * @module
 */
import type { Timers } from "../../contract/ports.ts";
import type { GuardedPlugin } from "./plugin_guard.ts";

/** Returns timers whose calls are calls into the plugin. */
export const guardedTimers = (timers: Timers, plugin: GuardedPlugin): Timers => ({
  after: (delay, run) => timers.after(delay, () => void plugin.tell("timer", run)),
});
