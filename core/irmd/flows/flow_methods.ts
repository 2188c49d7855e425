/**
 * What applications may ask (docs/local-protocol.md §2.2): reads the parameters and passes them on.
 *
 * @module
 */
import {
  CancelledError,
  InvalidError,
  IrmdError,
  NotAllocatedError,
  PermissionError,
} from "../../contract/errors.ts";
import { flowId, MAX_FLOWS } from "../../contract/ids.ts";
import { type Done, success } from "../../contract/outcome.ts";
import { bytes, type Fields, flag, hex, integer, name, optional } from "../../wire/local/fields.ts";
import type { RpcId } from "../../wire/local/json_rpc.ts";
import { qosFromJson, qosToJson } from "../../wire/local/qos_json.ts";
import { securityOptionsFromJson } from "../../wire/local/security_json.ts";
import type { Session } from "../tables/machine.ts";
import type { SessionWork } from "../tables/sessions.ts";
import type { State } from "../tables/state.ts";
import type { FlowTeardown } from "./flow_teardown.ts";
import type { Incoming } from "./incoming.ts";
import type { QosJson } from "../tables/records.ts";
import { Joining } from "./joining.ts";
import { Allocation } from "./outgoing.ts";

/** Data of an application that travels with an allocation, in bytes: a message must have room for its base64. */
const MAX_DATA = 32_768;
/** The longest time, in milliseconds. */
const MAX_TIME = Number.MAX_SAFE_INTEGER;
const TOKEN_BYTES = 16;

/** Answers one request of an application; throws what can be said at once. */
export type FlowMethod = (session: Session, params: Fields, reply: Done<unknown>, id: RpcId) => void;

/** Returns the methods of applications. */
export function flowMethods(
  state: State,
  ends: FlowTeardown,
  incoming: Incoming,
): Readonly<Record<string, FlowMethod>> {
  const workOf = (session: Session): SessionWork => {
    const work = state.sessions.get(session);
    if (!work) throw new IrmdError("the session has ended");
    return work;
  };
  return {
    "flow.allocate": (session, params, reply, id) => {
      const asked = {
        name: name(params, "name"),
        qos: readQos(params),
        timeout: readTimeout(params),
        data: bytes(params, "data", MAX_DATA),
        security: securityOptionsFromJson(params, "security"),
      };
      new Allocation(state, ends, session, { work: workOf(session), id, reply }, asked).start();
    },
    "flow.accept": (session, params, reply, id) => {
      const process = state.processes.of(session);
      if (session.role === "tool" || !process) throw new PermissionError("a tool cannot accept flows");
      const security = securityOptionsFromJson(params, "security");
      if (security) state.security.checkOptions(security);
      const asked = {
        token: hex(params, "token", TOKEN_BYTES),
        timeout: readTimeout(params),
        security,
        further: optional(params, "further", flag),
      };
      incoming.accept(session, process, asked, reply, id);
    },
    "flow.join": (session, params, reply, id) => {
      const asked = { layer: name(params, "layer"), qos: readQos(params), timeout: readTimeout(params) };
      new Joining(state, ends, session, { work: workOf(session), id, reply }, asked);
    },
    "flow.deallocate": (session, params, reply) => {
      const id = flowId(integer(params, "flow", 0, MAX_FLOWS - 1));
      const linger = optional(params, "linger", (from, key) => integer(from, key, 0, MAX_TIME)) ?? 0;
      const flow = state.flows.get(id);
      if (flow?.session !== session || flow.state !== "allocated") {
        throw new NotAllocatedError(`this process has no flow ${id}`);
      }
      if (flow.ipcp) {
        state.logOf(session).debug(`Partial deallocation of port_id ${id} by process ${session.pid}.`);
      }
      ends.deallocate(flow, linger, "the other end has deallocated the flow");
      reply(success(undefined));
    },
    "cancel": (session, params, reply) => {
      const { id } = params;
      if (typeof id !== "number" && typeof id !== "string") {
        throw new InvalidError("id must be the id of a request");
      }
      const waiting = workOf(session).get(id);
      const error = new CancelledError("the request was cancelled");
      if (optional(params, "idle", flag)) waiting?.withdraw(error);
      else waiting?.cancel(error);
      reply(success(undefined));
    },
  };
}

/** Reads the quality; as it goes into messages. */
export const readQos = (params: Fields): QosJson => qosToJson(qosFromJson(params, "qos"));

const readTimeout = (params: Fields): number | undefined =>
  optional(params, "timeout", (from, key) => integer(from, key, 0, MAX_TIME));
