/**
 * What IPCPs do to their packets for those who look: `ipcp.capture` brings a tool and the IPCP together whose packets
 * it captures, `ipcp.impair` asks an IPCP to impair what it sends and receives below it.
 *
 * @module
 */
import { InvalidError } from "../../contract/errors.ts";
import { success } from "../../contract/outcome.ts";
import { fieldsOf, hex, integer, name, optional } from "../../wire/local/fields.ts";
import { readImpairmentRequest } from "../../wire/local/impairment_json.ts";
import { MAX_SNAP_LENGTH } from "../../wire/capture/pcap.ts";
import { LAYER_TIMES } from "../flows/times.ts";
import type { State } from "../tables/state.ts";
import { type Commands, onSuccess } from "./command.ts";

const TOKEN_BYTES = 16;

/** Returns the commands that look at packets and impair them. */
export function instrumentCommands(state: State): Commands {
  return {
    "ipcp.capture": ({ dataPath: path, uid }, params, reply) => {
      if (path === undefined) {
        throw new InvalidError("only a connected tool can capture: packets go to its data socket");
      }
      const record = state.ipcps.get(name(params, "name"));
      const token = hex(params, "token", TOKEN_BYTES);
      const snapLength =
        optional(params, "snapLength", (from, key) => integer(from, key, 1, MAX_SNAP_LENGTH)) ??
          MAX_SNAP_LENGTH;
      const begun = onSuccess<unknown>(reply, (answer) => {
        const linkType = integer(fieldsOf(answer, "the answer of the IPCP"), "linkType", 0, 0xffff);
        reply(success({ linkType, type: record.declaration.name, layer: record.layer?.layer ?? null }));
      });
      const { session } = record.connection();
      session.request("layer.capture", { path, token, uid, snapLength }, begun, LAYER_TIMES.capture);
    },
    "ipcp.impair": (_caller, params, reply) => {
      const request = readImpairmentRequest(params);
      const { session } = state.ipcps.get(name(params, "name")).connection();
      session.request("layer.impair", request, reply, LAYER_TIMES.impair);
    },
  };
}
