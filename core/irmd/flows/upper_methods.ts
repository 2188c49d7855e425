/**
 * What IPCPs ask and tell (docs/local-protocol.md §2.4, second table).
 *
 * @module
 */
import { PermissionError, ProtocolError } from "../../contract/errors.ts";
import { type FlowId, flowId, MAX_FLOWS, nameHash } from "../../contract/ids.ts";
import type { Done } from "../../contract/outcome.ts";
import { bytes, type Fields, hex, integer, optional, text } from "../../wire/local/fields.ts";
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import type { Session } from "../tables/machine.ts";
import type { IpcpRecord, LayerAnswer } from "../tables/records.ts";
import type { State } from "../tables/state.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import { readQos } from "./flow_methods.ts";
import { MAX_HANDSHAKE } from "./handshake_size.ts";
import type { Incoming } from "./incoming.ts";
import { DEFAULT_MPL } from "./times.ts";

const MAX_HASH_BYTES = 64;
const MAX_MPL = 0x7fffffff;
const MAX_REASON_BYTES = 1024;

/** Takes what IPCPs ask and tell. */
export class UpperMethods {
  readonly #state: State;
  readonly #ends: FlowTeardown;
  readonly #incoming: Incoming;

  constructor(state: State, ends: FlowTeardown, incoming: Incoming) {
    this.#state = state;
    this.#ends = ends;
    this.#incoming = incoming;
  }

  /** `upper.request`. @throws OuroError for wrong parameters, or when the session is not that of an IPCP */
  request(session: Session, params: Fields, reply: Done<unknown>): void {
    const ipcp = this.#ipcpOf(session);
    const asked = {
      hash: nameHash(hex(params, "hash", 1, MAX_HASH_BYTES)),
      qos: readQos(params),
      data: readData(params),
      mpl: optional(params, "mpl", readMpl),
      maxPacket: optional(params, "maxPacket", readMaxPacket),
    };
    this.#incoming.request(ipcp, asked, reply);
  }

  /** `upper.allocated` and `upper.down`. @throws OuroError for wrong parameters, method or session */
  notification(session: Session, method: string, params: Fields): void {
    const ipcp = this.#ipcpOf(session);
    switch (method) {
      case "upper.allocated":
        return this.#allocated(ipcp, readFlow(params, "flow"), readAnswer(params));
      case "upper.down":
        return this.#down(ipcp, readFlow(params, "flow"), text(params, "reason", MAX_REASON_BYTES));
      default:
        throw new ProtocolError(`there is no notification ${method}`);
    }
  }

  #allocated(ipcp: IpcpRecord, id: FlowId, answer: LayerAnswer): void {
    const flow = this.#state.flows.get(id);
    // A flow that was given up meanwhile: the IPCP has been told to deallocate it.
    if (flow?.ipcp === ipcp) flow.allocating?.allocated(ipcp, answer);
  }

  #down(ipcp: IpcpRecord, id: FlowId, reason: string): void {
    const flow = this.#state.flows.get(id);
    if (flow?.ipcp === ipcp) this.#ends.lost(flow, reason);
  }

  #ipcpOf(session: Session): IpcpRecord {
    const ipcp = this.#state.ipcps.byPid(session.pid);
    if (ipcp?.session !== session) throw new PermissionError("only an IPCP may say that");
    return ipcp;
  }
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
