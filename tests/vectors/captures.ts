/**
 * The captures that tests walk, with what there is in each.
 *
 * @module
 */
import type { WalkOptions } from "./walk.ts";

/** Name, what there is in it (in the order of the kinds), and what the capture does not say itself. */
export type Capture = readonly [name: string, contents: string, options?: WalkOptions];

const TRIANGLE = { older: { 0x40: "Management", 0x41: "Data Transfer" } };
const DATA_ONLY = { older: { 0x42: "Data Transfer" } };
const FLOWS = { applications: true };

/** Captures of unicast and broadcast layers. */
export const LAYERS: readonly Capture[] = [
  [
    "broadcast-over-udp4-ab",
    "4 lower management, 1 keep-alive, 4 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 2 OAP request, 2 OAP response, 2 broadcast data",
  ],
  [
    "broadcast-over-udp4-bc",
    "4 lower management, 4 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 2 OAP request, 2 OAP response, 2 broadcast data",
  ],
  [
    "dht-basic-ab",
    "8 lower management, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 12 LSU, 22 DT header, 6 flow allocation, 10 DHT, 6 user data, 6 OAP request, 6 OAP response",
  ],
  [
    "dht-basic-bc",
    "9 lower management, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 13 LSU, 24 DT header, 4 flow allocation, 14 DHT, 6 user data, 5 OAP request, 5 OAP response",
  ],
  [
    "dht-timers-ab",
    "8 lower management, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 32 LSU, 33 DT header, 33 DHT, 3 OAP request, 3 OAP response",
  ],
  [
    "dht-timers-bc",
    "8 lower management, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 32 LSU, 35 DT header, 35 DHT, 3 OAP request, 3 OAP response",
  ],
  [
    "linkstate-keepalive-ab",
    "8 lower management, 20 keep-alive, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 16 LSU, 4 DT header, 4 DHT, 3 OAP request, 3 OAP response",
  ],
  [
    "linkstate-keepalive-bc",
    "8 lower management, 18 keep-alive, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 16 LSU, 4 DT header, 4 DHT, 3 OAP request, 3 OAP response",
  ],
  [
    "linkstate-line-ab",
    "8 lower management, 12 keep-alive, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 43 LSU, 4 DT header, 4 DHT, 3 OAP request, 3 OAP response",
  ],
  [
    "linkstate-line-bc",
    "8 lower management, 4 keep-alive, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 23 LSU, 4 DT header, 4 DHT, 3 OAP request, 3 OAP response",
  ],
  [
    "linkstate-readopt-ab",
    "8 lower management, 6 keep-alive, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 81 LSU, 4 DT header, 4 DHT, 3 OAP request, 3 OAP response",
  ],
  [
    "linkstate-readopt-bc",
    "10 lower management, 5 keep-alive, 8 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 87 LSU, 4 DT header, 4 DHT, 4 OAP request, 4 OAP response",
  ],
  ["linkstate-triangle-ab", "8 keep-alive, 68 LSU, 3 DT header, 3 DHT", TRIANGLE],
  [
    "linkstate-triangle-ac",
    "8 lower management, 8 keep-alive, 6 CEP, 74 LSU, 1 DT header, 1 DHT, 3 OAP request, 3 OAP response",
    TRIANGLE,
  ],
  ["linkstate-triangle-bc", "4 keep-alive, 85 LSU, 7 DT header, 7 DHT", TRIANGLE],
  [
    "unicast-custom-config",
    "6 lower management, 4 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 3 LSU, 3 OAP request, 3 OAP response, 4 FRCT",
  ],
  ["unicast-fa-negative-reply", "2 DT header, 2 flow allocation, 1 OAP request", DATA_ONLY],
  [
    "unicast-forward-ab",
    "6 lower management, 3 keep-alive, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 22 LSU, 15 DT header, 2 flow allocation, 7 DHT, 6 user data, 4 OAP request, 4 OAP response",
  ],
  [
    "unicast-forward-bc",
    "7 lower management, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 16 LSU, 16 DT header, 2 flow allocation, 8 DHT, 6 user data, 5 OAP request, 4 OAP response",
  ],
  [
    "unicast-mb-ecn",
    "246 DT header, 26 flow allocation, 220 user data, 1 OAP request, 1 OAP response",
    DATA_ONLY,
  ],
  [
    "unicast-oping-voice",
    "6 lower management, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 2 LSU, 12 DT header, 2 flow allocation, 5 DHT, 5 user data, 4 OAP request, 4 OAP response",
  ],
  [
    "unicast-over-udp4",
    "6 lower management, 6 CEP, 1 enrolment request, 1 enrolment response, 1 enrolment ack, 6 LSU, 57 DT header, 4 flow allocation, 5 DHT, 48 user data, 5 OAP request, 5 OAP response",
  ],
];

/** Captures of lower layers and of the flows of applications: of these, the allocation protocol. */
export const APPLICATIONS: readonly Capture[] = [
  ["eth-dix", "4 lower management, 6 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["eth-dix-flow2", "6 lower management, 4 user data, 2 OAP request, 2 OAP response", FLOWS],
  ["eth-dix-qos", "12 lower management, 20 user data, 5 OAP request, 5 OAP response", FLOWS],
  ["eth-dix-reject", "9 lower management, 1 keep-alive, 11 user data, 2 OAP request, 2 OAP response", FLOWS],
  ["eth-dix-sentinel", "4 lower management, 9 keep-alive, 4 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["eth-dix-sha3-512", "4 lower management, 2 user data, 1 OAP request, 1 OAP response", {
    ...FLOWS,
    etherType: 0xa123,
    lowerHash: 64,
  }],
  ["frct-best", "2 lower management, 9 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-crc", "2 lower management, 15 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-data", "2 lower management, 9 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-drf-ack-workaround", "2 lower management, 4 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-enc", "2 lower management, 10 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-enc-crc", "2 lower management, 6 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-enc-lossy", "2 lower management, 40 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-enc-rotation", "2 lower management, 400 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-keepalive", "2 lower management, 9 keep-alive, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-lossy", "2 lower management, 148 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-quirk-early-ack", "2 lower management, 4 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-quirk-oneway-stall", "2 lower management, 65 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-quirk-zero-window", "2 lower management, 4 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-raw", "2 lower management, 6 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["frct-rdv", "2 lower management, 276 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-auth-mutual-enc", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-auth-srv-noenc", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-auth-wrongcn", "2 lower management, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-ffdhe2048", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-mlkem768-cli", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-mlkem768-srv", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-nego-strong", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-rej-nokex", "2 lower management, 1 OAP request", FLOWS],
  ["oap-rej-weakkex", "2 lower management, 1 OAP request", FLOWS],
  ["oap-secp521r1", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-x25519", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-x25519mlkem768-srv", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-x448", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["oap-x448mlkem1024-srv", "2 lower management, 2 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["udp4", "2 lower management, 6 user data, 1 OAP request, 1 OAP response", FLOWS],
  ["udp4-flow2", "4 lower management, 4 user data, 2 OAP request, 2 OAP response", FLOWS],
  ["udp4-reject", "2 lower management, 1 OAP request", FLOWS],
  ["udp4-sentinel", "2 lower management, 5 keep-alive, 4 user data, 1 OAP request, 1 OAP response", FLOWS],
];
