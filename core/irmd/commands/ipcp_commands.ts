/**
 * `ipcp.…`, but for connections.
 *
 * @module
 */
import { InvalidError, IpcpError } from "../../contract/errors.ts";
import { failure, success } from "../../contract/outcome.ts";
import { type Fields, fieldsOf, flag, name, optional, text } from "../../wire/local/fields.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import { globMatches } from "../tables/glob.ts";
import type { State } from "../tables/state.ts";
import { type Commands, onSuccess } from "./command.ts";
import type { IpcpLifecycle } from "./ipcp_lifecycle.ts";
import type { Membership } from "./membership.ts";

/** Longest value of an option, in bytes. */
const MAX_VALUE_BYTES = 4096;
const MAX_OPTIONS = 128;

/** The commands. */
export function ipcpCommands(state: State, lifecycle: IpcpLifecycle, membership: Membership): Commands {
  const autobind = (params: Fields) => optional(params, "autobind", flag) ?? false;
  return {
    "ipcp.create": (_caller, params, reply) => {
      const wanted = name(params, "name");
      const created = onSuccess<{ pid: unknown }>(reply, ({ pid }) => reply(success({ pid })));
      lifecycle.create(wanted, name(params, "type"), created);
    },
    "ipcp.destroy": (_caller, params, reply) => lifecycle.stop(state.ipcps.get(name(params, "name")), reply),
    "ipcp.bootstrap": (_caller, params, reply) =>
      membership.bootstrap({
        name: name(params, "name"),
        type: optional(params, "type", name),
        layer: name(params, "layer"),
        options: optional(params, "options", readOptions) ?? {},
        autobind: autobind(params),
      }, reply),
    "ipcp.enrol": (_caller, params, reply) =>
      membership.enroll({
        name: name(params, "name"),
        type: optional(params, "type", name),
        layer: optional(params, "layer", name),
        destination: optional(params, "destination", name),
        autobind: autobind(params),
      }, reply),
    "ipcp.list": (_caller, params, reply) => reply(success(listIpcps(state, params))),
    "ipcp.stats": (_caller, params, reply) => {
      const record = state.ipcps.get(name(params, "name"));
      record.connection().session.request("layer.stats", {}, (outcome) => {
        if (outcome.ok) return reply(outcome);
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
    .filter((record) => record.session !== undefined)
    .filter((record) => named === undefined || globMatches(named, record.name))
    .filter((record) => type === undefined || record.declaration.name === type)
    .filter(({ layer }) =>
      layered === undefined || (layer !== undefined && globMatches(layered, layer.layer))
    )
    .map(({ pid, name, declaration, layer }) => ({
      pid,
      name,
      type: declaration.name,
      layer: layer?.layer ?? null,
    }));
}

function readOptions(from: Fields, key: string): Record<string, string> {
  const fields = fieldsOf(from[key], key);
  const words = Object.keys(fields);
  if (words.length > MAX_OPTIONS) throw new InvalidError(`${key} has more than ${MAX_OPTIONS} elements`);
  return Object.fromEntries(words.map((word) => [word, text(fields, word, MAX_VALUE_BYTES)]));
}
