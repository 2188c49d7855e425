/**
 * `bind.…` and `unbind.…`.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { pid } from "../../contract/ids.ts";
import { success } from "../../contract/outcome.ts";
import { type Fields, flag, integer, list, name, optional, text } from "../../wire/local/fields.ts";
import { baseName } from "../tables/programs.ts";
import type { State } from "../tables/state.ts";
import type { Bindings } from "./bindings.ts";
import type { Commands } from "./command.ts";

const MAX_PATH_BYTES = 4095;
const MAX_ARGUMENTS = 256;
/** The largest pid of Linux (`PID_MAX_LIMIT`). */
const MAX_PID = 4_194_304;

/** The commands. */
export function bindingCommands(state: State, bindings: Bindings): Commands {
  const ipcpPid = (params: Fields) => state.ipcps.get(name(params, "ipcp")).connection().pid;
  return {
    "bind.program": (caller, params, reply) => {
      const wanted = name(params, "name");
      const path = text(params, "program", MAX_PATH_BYTES);
      if (!path.startsWith("/") || baseName(path) === "") {
        throw new InvalidError(`program must be the absolute path of a file; it is "${path}"`);
      }
      const auto = optional(params, "auto", flag) ?? false;
      const words = optional(params, "arguments", (from, key) => list(from, key, MAX_ARGUMENTS, argument)) ??
        [];
      const { uid, gid } = caller;
      bindings.bindProgram(wanted, { path, arguments: words, uid, gid }, auto);
      reply(success(undefined));
    },
    "unbind.program": (_caller, params, reply) => {
      bindings.unbindProgram(text(params, "program", MAX_PATH_BYTES), optional(params, "name", name));
      reply(success(undefined));
    },
    "bind.process": (_caller, params, reply) => {
      const wanted = name(params, "name");
      bindings.bindProcess(readPid(params), wanted);
      reply(success(undefined));
    },
    "unbind.process": (_caller, params, reply) => {
      bindings.unbindProcess(readPid(params), optional(params, "name", name));
      reply(success(undefined));
    },
    "bind.ipcp": (_caller, params, reply) => {
      const wanted = name(params, "name");
      bindings.bindProcess(ipcpPid(params), wanted);
      reply(success(undefined));
    },
    "unbind.ipcp": (_caller, params, reply) => {
      bindings.unbindProcess(ipcpPid(params), optional(params, "name", name));
      reply(success(undefined));
    },
  };
}

const readPid = (params: Fields) => pid(integer(params, "pid", 1, MAX_PID));

function argument(from: Fields, key: string): string {
  const word = text(from, key, MAX_PATH_BYTES);
  if (word.includes("\0")) throw new InvalidError(`${key} must not contain a zero byte`);
  return word;
}
