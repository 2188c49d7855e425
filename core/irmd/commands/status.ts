/**
 * What the IRMd says of itself: `plugins.list` and `status`.
 *
 * @module
 */
import { MAX_FLOWS } from "../../contract/ids.ts";
import { success } from "../../contract/outcome.ts";
import type { Incoming } from "../flows/incoming.ts";
import type { State } from "../tables/state.ts";
import type { Commands } from "./command.ts";

/** Returns the commands that tell of the IRMd. */
export function statusCommands(state: State, incoming: Incoming): Commands {
  return {
    "plugins.list": (_caller, _params, reply) =>
      reply(
        success(
          state.plugins.list().map(({ declaration: { code: _, ...declaration }, origin }) => ({
            ...declaration,
            origin,
          })),
        ),
      ),
    "status": (_caller, _params, reply) => {
      const ipcps = state.ipcps.list();
      reply(success({
        names: state.names.size,
        programs: state.programs.size,
        processes: state.processes.size,
        sessions: state.sessions.size,
        ipcps: ipcps.length,
        registrations: ipcps.reduce((count, { registrations }) => count + registrations.size, 0),
        flows: state.flows.size,
        flowLimit: MAX_FLOWS,
        waitingCalls: state.sessions.waiting(),
        waitingRequests: incoming.waiting,
        refusedRequests: incoming.refused,
        handshakes: { ...state.security.counts() },
      }));
    },
  };
}
