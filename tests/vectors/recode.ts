/**
 * Every message of the captures through its codec and back.
 *
 * @module
 */
import { decodeCep, encodeCep } from "../../core/wire/layer/cep_message.ts";
import {
  checkDataTransferHeader,
  DATA_TRANSFER_HEADER_BYTES,
  headerCube,
  headerDestination,
  headerEcn,
  headerEidHigh,
  headerEidLow,
  headerTtl,
  writeDataTransferHeader,
} from "../../plugins/unicast/wire/data_transfer_header.ts";
import { decodeDht, encodeDht } from "../../plugins/directory/dht/dht_message.ts";
import { decoded, encoded } from "../support/layer_encoding.ts";
import {
  decodeEnrollmentAck,
  decodeEnrollmentRequest,
  decodeEnrollmentResponse,
  encodeEnrollmentAck,
  encodeEnrollmentRequest,
  encodeEnrollmentResponse,
} from "../../core/wire/layer/enrollment_message.ts";
import {
  decodeFlowAllocationMessage,
  encodeFlowAllocationMessage,
} from "../../plugins/unicast/wire/flow_allocation_message.ts";
import { decodeLinkStateUpdate, encodeLinkStateUpdate } from "../../plugins/routing/link_state_update.ts";
import { decodeOapHeader, encodeOapHeader } from "../../core/wire/oap_header.ts";
import type { Kind } from "./walk.ts";

/** Decodes a message and gives what its codec encodes of that. Throws what the codec throws. */
export type Recode = (bytes: Uint8Array, hashLength: number) => Uint8Array;

const oap: Recode = (bytes, hashLength) => encodeOapHeader(decodeOapHeader(bytes, hashLength));

/** For each kind that has a codec, that codec there and back. */
export const RECODE: ReadonlyMap<Kind, Recode> = new Map<Kind, Recode>([
  ["CEP", (bytes) => encodeCep(decodeCep(bytes))],
  ["enrolment request", (bytes) => encodeEnrollmentRequest(decodeEnrollmentRequest(bytes))],
  ["enrolment response", (bytes) => {
    const { configuration, ...response } = decodeEnrollmentResponse(bytes);
    return encodeEnrollmentResponse(
      configuration ? { ...response, configuration: encoded(decoded(configuration)) } : response,
    );
  }],
  ["enrolment ack", (bytes) => encodeEnrollmentAck(decodeEnrollmentAck(bytes))],
  ["LSU", (bytes) => encodeLinkStateUpdate(decodeLinkStateUpdate(bytes))],
  ["DT header", dataTransferHeader],
  ["DHT", (bytes, hashLength) => encodeDht(decodeDht(bytes, hashLength))],
  [
    "flow allocation",
    (bytes, hashLength) => encodeFlowAllocationMessage(decodeFlowAllocationMessage(bytes, hashLength)),
  ],
  ["OAP request", oap],
  ["OAP response", oap],
]);

function dataTransferHeader(packet: Uint8Array): Uint8Array {
  checkDataTransferHeader(packet);
  const header = new Uint8Array(DATA_TRANSFER_HEADER_BYTES);
  writeDataTransferHeader(
    header,
    headerDestination(packet),
    headerCube(packet),
    headerTtl(packet),
    headerEcn(packet),
    headerEidHigh(packet),
    headerEidLow(packet),
  );
  return header;
}
