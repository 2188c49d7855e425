/**
 * What applications ask the IRMd for when they allocate or accept a flow, checked; the request, which may be given up while it
 * waits; and what the IRMd answers.
 *
 * @module
 */
import { InvalidError, type OuroError, TimedOutError } from "../../contract/errors.ts";
import { flowId, MAX_FLOWS } from "../../contract/ids.ts";
import type { Timer, Timers } from "../../contract/ports.ts";
import { QOS, type QosName, type QosSpec } from "../../contract/qos.ts";
import type { SecurityOptions } from "../../contract/security.ts";
import { type ConnectTo, readConnectTo, readUid } from "../../wire/local/connect_json.ts";
import { bytes, type Fields, fieldsOf, integer, name, optional, text } from "../../wire/local/fields.ts";
import { MAX_PACKET } from "../../wire/local/data_frames.ts";
import type { RpcPeer } from "../../wire/local/rpc_peer.ts";
import { qosFromJson } from "../../wire/local/qos_json.ts";
import type { FlowInfo } from "../channel/flow_context.ts";
import { cancelled, type WaitOptions } from "./wait_queue.ts";

/** Longest data that travels with an allocation, in bytes. */
export const MAX_DATA = 16 * 1024;
/** Longest time limit, in milliseconds: some hundred thousand years. */
const MAX_TIMEOUT = 2 ** 52;

/** How to allocate a flow. */
export interface AllocateOptions extends WaitOptions {
  /** Milliseconds to wait for the flow; left out: 20 000. */
  readonly timeout?: number;
  /** Quality wanted, by name or in full; left out: `raw`. */
  readonly qos?: QosName | QosSpec;
  /** Data for the other end, which travels with the request: in clear, also when the flow is encrypted. */
  readonly data?: Uint8Array;
  /** Encryption and certificates, over what the files of the name say (docs/security.md); left out: what the files say. */
  readonly security?: SecurityOptions;
}

/** How to accept a flow. */
export interface AcceptOptions extends WaitOptions {
  /**
   * Encryption and certificates, over what the files of the name say (docs/security.md); left out: what the files say. Flows
   * that do not have it are refused, and the call goes on waiting.
   */
  readonly security?: SecurityOptions;
}

/** How to join a broadcast layer. */
export type JoinOptions = WaitOptions;

/**
 * Returns the quality for a request.
 *
 * @throws InvalidError for an unknown name
 */
export function chooseQos(qos: QosName | QosSpec = "raw"): QosSpec {
  if (typeof qos === "string" && !Object.hasOwn(QOS, qos)) {
    throw new InvalidError(`there is no quality of service ${qos}; there are ${Object.keys(QOS).join(", ")}`);
  }
  return typeof qos === "string" ? QOS[qos] : qos;
}

/** @throws InvalidError when a name or a time limit of a request is not valid */
export function checkRequest(key: string, value: string | undefined, timeout: number | undefined): void {
  if (value !== undefined) name({ [key]: value }, key);
  if (timeout !== undefined) integer({ timeout: Math.ceil(timeout) }, "timeout", 0, MAX_TIMEOUT);
}

/** Reads what the IRMd says of a flow; `known` is its name where the answer has none. */
export function readFlowInfo(result: unknown, known?: string): Omit<FlowInfo, "security"> {
  const fields = fieldsOf(result, "the answer");
  return {
    id: readFlowId(fields),
    name: known ?? optional(fields, "name", text) ?? "",
    qos: qosFromJson(fields, "qos"),
    mpl: integer(fields, "mpl", 0, 0xffffffff),
    maxPacket: optional(fields, "maxPacket", readMaxPacket) ?? MAX_PACKET,
    data: bytes(fields, "data", 64 * 1024),
    ends: "two",
  };
}

const readMaxPacket = (fields: Fields, key: string): number => integer(fields, key, 0, MAX_PACKET);

/** Reads field `flow`. */
export const readFlowId = (fields: Fields): FlowInfo["id"] =>
  flowId(integer(fields, "flow", 0, MAX_FLOWS - 1));

/** Reads field `connect`. */
export function readConnect(result: unknown): ConnectTo {
  const fields = fieldsOf(result, "the answer");
  return { ...readConnectTo(fieldsOf(fields.connect, "connect")), uid: optional(fields, "owner", readUid) };
}

/** The IRMd keeps the time limits; it is given up on when it is so many milliseconds late. */
const LATE = 1000;

/** What is asked. */
export interface Question extends WaitOptions {
  readonly method: string;
  readonly params: Record<string, unknown>;
  /** Names the operation in errors. */
  readonly what: string;
  /** Is told how the request is taken back where there is nothing for it yet; an answer that crosses this counts. */
  readonly withdrawal?: Withdrawal;
}

/** Takes a request back. A signal of the runtime would cost more than the rest of a call. */
export class Withdrawal {
  /** What takes it back; undefined while there is nothing to take back. */
  take: (() => void) | undefined;
}

/**
 * Asks the IRMd.
 *
 * @param discard takes a result that comes after the request was given up
 * @param arrived takes any other one before the next message is read
 */
export function ask(
  peer: RpcPeer,
  timers: Timers,
  question: Question,
  discard: (result: unknown) => void,
  arrived: (result: unknown) => void = () => {},
): Promise<unknown> {
  const { method, params, what, timeout, signal, withdrawal } = question;
  if (signal?.aborted) return Promise.reject(cancelled(what, signal));
  return new Promise((resolve, reject) => {
    let timer: Timer | undefined;
    let answered = false;
    let givenUp = false;
    const giveUp = (error: OuroError) => {
      if (answered || givenUp) return;
      givenUp = true;
      leave();
      peer.request("cancel", { id }, () => {});
      reject(error);
    };
    // The answer to `cancel` says nothing more than the answer to the request itself.
    const withdraw = () => peer.request("cancel", { id, idle: true }, () => {});
    const abort = () => signal && giveUp(cancelled(what, signal));
    const leave = () => {
      timer?.cancel();
      signal?.removeEventListener("abort", abort);
      if (withdrawal) withdrawal.take = undefined;
    };
    signal?.addEventListener("abort", abort);
    if (withdrawal) withdrawal.take = withdraw;
    if (timeout !== undefined) {
      timer = timers.after(timeout + LATE, () => {
        giveUp(new TimedOutError(`${what} was not possible within ${timeout} ms: the IRMd does not answer`));
      });
    }
    const id = peer.request(method, params, (outcome) => {
      answered = true;
      leave();
      if (!outcome.ok) reject(outcome.error);
      else if (givenUp) discard(outcome.value);
      else {
        arrived(outcome.value);
        resolve(outcome.value);
      }
    });
  });
}
