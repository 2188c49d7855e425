/**
 * Names: `name.create`, `name.destroy`, `name.list`.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { type Fields, fieldsOf, name, optional, text } from "../../wire/local/fields.ts";
import type { SecurityPaths } from "../tables/names.ts";
import type { State } from "../tables/state.ts";
import { atOnce, type Commands } from "./command.ts";

/** How the flows of a name are shared when its creator does not say. */
const DEFAULT_BALANCING = "round-robin";
/** Words of `irm name create` for security files. */
const PATH_WORDS = ["sencpath", "scrtpath", "skeypath", "cencpath", "ccrtpath", "ckeypath"];
const MAX_PATH_BYTES = 511;

/** Returns the commands of names. */
export function nameCommands(state: State): Commands {
  return {
    "name.create": atOnce((params) => {
      const wanted = name(params, "name");
      const balancing = optional(params, "balancing", text);
      const paths = optional(params, "paths", readPaths) ?? {};
      const known = state.names.get(wanted);
      // Asking again for what is there is no failure, so that scripts may be run twice; asking for something else is.
      if (known && Object.keys(paths).length === 0 && [undefined, known.balancing].includes(balancing)) {
        state.log.info(`Name ${wanted} already exists.`);
      } else {
        createName(state, wanted, balancing ?? DEFAULT_BALANCING, paths);
        state.log.info(`Created new name: ${wanted}.`);
      }
    }),
    "name.destroy": atOnce((params) => {
      const wanted = name(params, "name");
      state.names.remove(wanted);
      state.log.info(`Destroyed name: ${wanted}.`);
    }),
    "name.list": atOnce((params) =>
      state.names.list(optional(params, "prefix", text)).map(({ name, balancing }) => ({ name, balancing }))
    ),
  };
}

/**
 * Makes a name known.
 *
 * @throws ExistsError
 * @throws PluginError when there is no such balancing policy
 */
export function createName(state: State, wanted: string, balancing: string, paths: SecurityPaths): void {
  const balancer = state.plugins.balancer(balancing);
  state.names.add({ name: wanted, balancing, balancer, paths });
  const log = state.log.component("registry");
  for (const program of state.programs.notStartable(wanted)) {
    log.debug(`Program ${program} cannot be auto-instantiated.`);
  }
}

function readPaths(from: Fields, key: string): SecurityPaths {
  const fields = fieldsOf(from[key], key);
  const unknown = Object.keys(fields).find((word) => !PATH_WORDS.includes(word));
  if (unknown !== undefined) {
    throw new InvalidError(`"${unknown}" is not a security path; there are: ${PATH_WORDS.join(", ")}`);
  }
  return Object.fromEntries(
    Object.keys(fields).map((word) => {
      const path = text(fields, word, MAX_PATH_BYTES);
      if (!path.startsWith("/")) throw new InvalidError(`${word} must be an absolute path; it is "${path}"`);
      return [word, path];
    }),
  );
}
