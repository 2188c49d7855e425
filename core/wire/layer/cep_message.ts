/**
 * The message of the connection establishment protocol (reference: `src/lib/pb/cep.proto`, 0.23.0): one each way at the
 * start of every N-1 flow between two components.
 *
 * | field        | number | type   | here        |
 * | ------------ | ------ | ------ | ----------- |
 * | comp_name    | 1      | string | `component` |
 * | protocol     | 2      | string | `protocol`  |
 * | pref_version | 3      | int32  | `version`   |
 * | pref_syntax  | 5      | int32  | `syntax`    |
 * | address      | 8      | uint64 | `address`   |
 *
 * Fields 4 and 6 (what else is supported) and 7 (a description of the syntax) are never sent and skipped.
 *
 * @module
 */
import { ProtocolError } from "../../contract/errors.ts";
import { type Address, address } from "../../contract/ids.ts";
import { decodeProto2, encodeProto2, proto2Table, required } from "../proto2.ts";

/** Names of the components that every layer with members has. */
export const COMPONENTS = {
  enrollment: "Enrollment",
  management: "Management",
  transfer: "Data Transfer",
} as const;
/** Longest message in bytes: the reference reads into 128. */
export const MAX_CEP_BYTES = 127;

/** What one end of a connection says of itself. */
export interface CepMessage {
  /** Name of the component, such as `Data Transfer`. */
  readonly component: string;
  /** The protocol it speaks, such as `dtp`. */
  readonly protocol: string;
  readonly version: number;
  /** 0 Protocol Buffers, 1 ASN.1, 2 fixed. */
  readonly syntax: number;
  /** Address of the IPCP in its layer; 0 where it does not matter. */
  readonly address: Address;
}

/** The answer to a component that is not there. */
export const CEP_REJECT: CepMessage = {
  component: "",
  protocol: "",
  version: 0,
  syntax: 0,
  address: address(0),
};

const CEP = proto2Table("cep_msg", {
  component: required(1, "string"),
  protocol: required(2, "string"),
  version: required(3, "int32"),
  syntax: required(5, "int32"),
  address: required(8, "uint64"),
});

/**
 * Encodes a message.
 *
 * @throws ProtocolError when it is longer than {@link MAX_CEP_BYTES}
 *
 * @example
 * ```ts
 * import { CEP_REJECT, decodeCep, encodeCep } from "./cep_message.ts";
 * import assert from "node:assert/strict";
 * assert.equal(encodeCep(CEP_REJECT).toHex(), "0a001200180028004000");
 * assert.deepEqual(decodeCep(encodeCep(CEP_REJECT)), CEP_REJECT);
 * ```
 */
export function encodeCep(message: CepMessage): Uint8Array<ArrayBuffer> {
  const bytes = encodeProto2(CEP, { ...message, address: BigInt(message.address) });
  checkLength(bytes);
  return bytes;
}

/** Reads a message. @throws ProtocolError when it is none, or says an address that does not fit 32 bits */
export function decodeCep(bytes: Uint8Array): CepMessage {
  checkLength(bytes);
  const message = decodeProto2(CEP, bytes);
  if (message.address > 0xffffffffn) {
    throw new ProtocolError(`cep_msg.address: ${message.address} is not an address of 32 bits`);
  }
  return { ...message, address: address(Number(message.address)) };
}

function checkLength(bytes: Uint8Array): void {
  if (bytes.length > MAX_CEP_BYTES) {
    throw new ProtocolError(`cep_msg: it has ${bytes.length} bytes, more than ${MAX_CEP_BYTES}`);
  }
}
