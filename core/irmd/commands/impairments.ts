/**
 * `ipcp.impair`: asks an IPCP to impair what it sends and receives below it.
 *
 * @module
 */
import { name } from "../../wire/local/fields.ts";
import { readImpairmentRequest } from "../../wire/local/impairment_json.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import type { State } from "../tables/state.ts";
import type { Commands } from "./command.ts";

/** The command. */
export function impairmentCommands(state: State): Commands {
  return {
    "ipcp.impair": (_caller, params, reply) => {
      const request = readImpairmentRequest(params);
      const { session } = state.ipcps.get(name(params, "name")).connection();
      session.request("layer.impair", request, reply, LAYER_TIMES.impair);
    },
  };
}
