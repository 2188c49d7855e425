/**
 * What IPCPs ask and tell (docs/local-protocol.md §2.4, second table).
 *
 * @module
 */
import { PermissionError, ProtocolError } from "../../contract/errors.ts";
import { type FlowId, flowId, MAX_FLOWS, nameHash } from "../../contract/ids.ts";
import { bytes, type Fields, hex, integer, optional, text } from "../../wire/local/fields.ts";
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import type { Session } from "../tables/machine.ts";
import type { IpcpRecord, LayerAnswer } from "../tables/records.ts";
import { readPlace } from "../tables/former_addresses.ts";
import type { State } from "../tables/state.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { type FlowMethod, readQos } from "./flow_methods.ts";
import { MAX_HANDSHAKE } from "./handshake_size.ts";
import type { Incoming } from "./incoming.ts";
import { DEFAULT_MPL } from "./times.ts";

const MAX_HASH_BYTES = 64;
const MAX_MPL = 0x7fffffff;
const MAX_REASON_BYTES = 1024;

/** Returns the method with which IPCPs pass requests up. */
export const upperRequest = (state: State, incoming: Incoming): FlowMethod => (session, params, reply) => {
  const ipcp = ipcpOf(state, session);
  const asked = {
    hash: nameHash(hex(params, "hash", 1, MAX_HASH_BYTES)),
    qos: readQos(params),
    data: readData(params),
    mpl: optional(params, "mpl", readMpl),
    maxPacket: optional(params, "maxPacket", readMaxPacket),
  };
  incoming.request(ipcp, asked, reply);
};

/**
 * Takes what an IPCP tells: `upper.allocated`, `upper.down`, `upper.connection`, `upper.fault` and `upper.moved`.
 *
 * @param connection takes the news of a connection of an IPCP
 * @throws OuroError for wrong parameters, method or session
 */
export function takeUpper(
  state: State,
  ends: FlowTeardown,
  connection: (ipcp: IpcpRecord, params: Fields) => void,
  session: Session,
  method: string,
  params: Fields,
): void {
  // The watchdog of an IPCP that hangs tells it over a connection of its own.
  if (method === "upper.fault" && state.ipcps.byPid(session.pid)) return state.pluginFaults.report(params);
  const ipcp = ipcpOf(state, session);
  const flowIn = () => {
    const flow = state.flows.get(readFlow(params, "flow"));
    // A flow that was given up meanwhile: the IPCP has been told to deallocate it.
    return flow?.ipcp === ipcp ? flow : undefined;
  };
  switch (method) {
    case "upper.allocated": {
      const flow = flowIn();
      const answer = readAnswer(params);
      return flow?.allocating?.allocated(ipcp, answer);
    }
    case "upper.down": {
      const flow = flowIn();
      const reason = text(params, "reason", MAX_REASON_BYTES);
      return flow && ends.lost(flow, reason);
    }
    case "upper.connection":
      return connection(ipcp, params);
    case "upper.moved": {
      const { name, layer } = ipcp;
      const former = state.addresses.get(name);
      return layer &&
        state.addresses.set(name, { ...former, layer: layer.layer, place: readPlace(params, "place") });
    }
    default:
      throw new ProtocolError(`there is no notification ${method}`);
  }
}

function ipcpOf(state: State, session: Session): IpcpRecord {
  const ipcp = state.ipcps.byPid(session.pid);
  if (ipcp?.session !== session) throw new PermissionError("only an IPCP may say that");
  return ipcp;
}

const readFlow = (params: Fields, key: string): FlowId => flowId(integer(params, key, 0, MAX_FLOWS - 1));

const readData = (params: Fields): Uint8Array => bytes(params, "data", MAX_HANDSHAKE);

const readMpl = (params: Fields, key: string): number => integer(params, key, 0, MAX_MPL);

const readMaxPacket = (params: Fields, key: string): number => integer(params, key, 0, MAX_PACKET);

function readAnswer(params: Fields): LayerAnswer {
  return {
    response: integer(params, "response", -0x80000000, 0),
    mpl: optional(params, "mpl", readMpl) ?? DEFAULT_MPL,
    maxPacket: optional(params, "maxPacket", readMaxPacket),
    data: readData(params),
    splice: optional(params, "splice", readFlow),
  };
}
