/**
 * What the IRMd says of itself: `plugins.list` and `status`.
 *
 * @module
 */
import { MAX_FLOWS } from "../../contract/ids.ts";
import type { Incoming } from "../flows/incoming.ts";
import type { State } from "../tables/state.ts";
import { atOnce, type Commands } from "./command.ts";

/** Returns the commands that tell of the IRMd. */
export function statusCommands(state: State, incoming: Incoming): Commands {
  return {
    "plugins.list": atOnce(() =>
      state.plugins.list().map((listed) => {
        const { declaration: { code: _, ...declaration }, origin } = listed;
        return { ...declaration, origin, ...state.pluginFaults.of(listed) };
      })
    ),
    "status": atOnce(() => {
      const ipcps = state.ipcps.list();
      return {
        names: state.names.size,
        programs: state.programs.size,
        processes: state.processes.size,
        sessions: state.sessions.size,
        ipcps: ipcps.length,
        registrations: ipcps.reduce((count, { registrations }) => count + registrations.size, 0),
        flows: state.flows.size,
        flowLimit: MAX_FLOWS,
        waitingCalls: [...state.sessions.values()].reduce((count, { waiting }) => count + waiting, 0),
        waitingRequests: incoming.waiting,
        refusedRequests: incoming.refused,
        users: state.shares.counts(),
        handshakes: { ...state.security.counts() },
      };
    }),
  };
}
