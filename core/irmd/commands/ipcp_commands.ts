/**
 * `ipcp.create`, `ipcp.destroy`, `ipcp.list` and `ipcp.stats`.
 *
 * @module
 */
import { InvalidError, IpcpError } from "../../contract/errors.ts";
import { failure, success } from "../../contract/outcome.ts";
import { type Fields, name, optional, text } from "../../wire/local/fields.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import { globMatches } from "../tables/glob.ts";
import type { State } from "../tables/state.ts";
import { atOnce, type Commands, onSuccess } from "./command.ts";
import type { IpcpLifecycle } from "./ipcp_lifecycle.ts";

/** Returns the commands of IPCPs. */
export function ipcpCommands(state: State, lifecycle: IpcpLifecycle): Commands {
  return {
    "ipcp.create": (_caller, params, reply) => {
      const wanted = name(params, "name");
      const created = onSuccess<{ pid: unknown }>(reply, ({ pid }) => reply(success({ pid })));
      lifecycle.create(wanted, name(params, "type"), created);
    },
    "ipcp.destroy": (_caller, params, reply) => lifecycle.stop(state.ipcps.get(name(params, "name")), reply),
    "ipcp.list": atOnce((params) => listIpcps(state, params)),
    "ipcp.stats": (_caller, params, reply) => {
      const record = state.ipcps.get(name(params, "name"));
      const path = optional(params, "path", text);
      record.connection().session.request("layer.stats", path === undefined ? {} : { path }, (outcome) => {
        if (outcome.ok || outcome.error instanceof InvalidError) return reply(outcome);
        const { message } = outcome.error;
        reply(failure(new IpcpError(`the IPCP "${record.name}" gave no statistics: ${message}`)));
      }, LAYER_TIMES.stats);
    },
  };
}

function listIpcps(state: State, params: Fields): unknown[] {
  const named = optional(params, "name", text);
  const layered = optional(params, "layer", text);
  const word = optional(params, "type", text);
  const type = word === undefined ? undefined : state.plugins.ipcpType(word).name;
  return state.ipcps.list()
    .filter(({ session, name, declaration, layer }) =>
      session !== undefined &&
      (named === undefined || globMatches(named, name)) &&
      (type === undefined || declaration.name === type) &&
      (layered === undefined || (layer !== undefined && globMatches(layered, layer.layer)))
    )
    .map(({ pid, name, declaration, layer }) => ({
      pid,
      name,
      type: declaration.name,
      layer: layer?.layer ?? null,
    }));
}
