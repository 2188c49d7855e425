/**
 * The dissector on what no recording has: packets of an IPCP's flows (USER0), what is ours, and its preferences.
 *
 * @module
 */
import assert from "node:assert/strict";
import { unless } from "../../core/testing/left_out.ts";
import { address, fd, nameHash } from "../../core/contract/ids.ts";
import { QOS } from "../../core/contract/qos.ts";
import { type CepMessage, encodeCep } from "../../core/wire/layer/cep_message.ts";
import { writeDataTransferHeader } from "../../plugins/unicast/wire/data_transfer_header.ts";
import { encodeDht } from "../../plugins/directory/dht/dht_message.ts";
import { encoded } from "../support/layer_encoding.ts";
import {
  encodeEnrollmentRequest,
  encodeEnrollmentResponse,
} from "../../core/wire/layer/enrollment_message.ts";
import {
  encodeFlowAllocationMessage,
  type FlowAllocationMessage,
} from "../../plugins/unicast/wire/flow_allocation_message.ts";
import { encodeLinkStateUpdate } from "../../plugins/routing/link_state_update.ts";
import { encodeCapturePacketHeader, type FlowComponent } from "../../core/wire/capture/capture_packet.ts";
import { encodeOapHeader, plainOapHeader } from "../../core/wire/oap_header.ts";
import { encodeOping } from "../../core/tools/oping/oping_message.ts";
import { LINK_TYPES } from "../../core/wire/capture/pcap.ts";
import type { Kind } from "../vectors/walk.ts";
import { EXPECTED, hex, shown } from "./expected.ts";
import { dissectMade } from "./made.ts";
import { type Dissected, type DissectOptions, whyNoTshark } from "./tshark.ts";

const test = unless(whyNoTshark);
const cep = (component: string, protocol: string, syntax = 0): CepMessage => ({
  ...{ component, protocol, version: 1, syntax },
  address: address(0x4ea009d6),
});
const MANAGEMENT = encodeCep(cep("Management", "LSP"));
const TRANSFER = encodeCep(cep("Data Transfer", "dtp", 2));
const BROADCAST = encodeCep(cep("Data Transfer", ""));
const ENROLLMENT = encodeCep(cep("Enrollment", "OEP"));
const OAP = encodeOapHeader(
  plainOapHeader(new Uint8Array(16).fill(9), 1795160415426264466n, new Uint8Array(0)),
);
const EIDS = [{ high: 0x11223344, low: 0x40 }, { high: 0x55667788, low: 0x41 }] as const;

interface Packet {
  readonly out: boolean;
  readonly bytes: Uint8Array;
  readonly component?: FlowComponent;
  readonly fd?: number;
}

function lower({ out, bytes, component = "unknown", fd: number = 64 }: Packet): Uint8Array {
  const header = encodeCapturePacketHeader({ direction: out ? "out" : "in", component, fd: fd(number) });
  return Uint8Array.from([...header, ...bytes]);
}

const dissectLower = (packets: readonly Packet[], options?: DissectOptions) =>
  dissectMade(LINK_TYPES.lower, packets.map(lower), options);

/** A data transfer packet. */
function transfer(payload: Uint8Array, eid: { high: number; low: number } = { high: 0, low: 0 }): Uint8Array {
  const packet = new Uint8Array(15 + payload.length);
  writeDataTransferHeader(packet, 0xa6b2a66c, 0, 60, 3, eid.high, eid.low);
  packet.set(payload, 15);
  return packet;
}

function compare(frame: Dissected, kind: Kind, bytes: Uint8Array, hashLength = 32): void {
  assert(frame.values("ouro.carries").includes(kind), `${frame.values("ouro.carries")} is not ${kind}`);
  for (const [field, values] of Object.entries(EXPECTED.get(kind)?.(bytes, hashLength) ?? {})) {
    assert.deepEqual(frame.values(field), values, `${kind}: ${field}`);
  }
  assert.deepEqual(frame.faults, []);
}

test("dissected: packets of N-1 flows, with direction, component and number", () => {
  const update = encodeLinkStateUpdate({ destination: address(7), source: address(9), sequence: 5 });
  const frames = dissectLower([
    { out: true, bytes: MANAGEMENT, fd: 70 },
    { out: false, bytes: MANAGEMENT, fd: 70, component: "management" },
    { out: false, bytes: update, fd: 70, component: "management" },
    { out: true, bytes: new Uint8Array(0), fd: 70 },
  ]);
  for (const [index, direction, component] of [[0, 1, 0], [1, 0, 2], [2, 0, 2], [3, 1, 0]]) {
    const expected = shown("ouro.cap", { version: 1, direction, component, fd: 70 });
    for (const [field, values] of Object.entries(expected)) {
      assert.deepEqual(frames[index].values(field), values, field);
    }
  }
  compare(frames[0], "CEP", MANAGEMENT);
  compare(frames[1], "CEP", MANAGEMENT);
  compare(frames[2], "LSU", update);
  assert.deepEqual(frames[3].values("ouro.carries"), ["N-1 flow", "keep-alive"]);
});

test("dissected: adjacencies that are withdrawn", () => {
  const sequences = [2 ** 52, 2 ** 52 + 1, 2 ** 52 - 1, 3];
  const updates = sequences.map((sequence) =>
    encodeLinkStateUpdate({ destination: address(7), source: address(9), sequence })
  );
  const frames = dissectLower(updates.map((bytes) => ({ out: false, bytes, component: "management" })));
  for (const [index, update] of updates.entries()) compare(frames[index], "LSU", update);
  assert.deepEqual(frames.map((frame) => frame.values("ouro.lsu.withdrawn")[0]), ["0", "1", "0", "0"]);
});

test("dissected: policies and options without a code", () => {
  const options = {
    ...{
      addr: 4,
      eid: 8,
      ttl: 60,
      addr_auth: "lottery",
      routing: "link_state",
      congestion: "vegas",
      directory: "DHT",
    },
    ...{ ls_t_recalc: 4, ls_t_update: 15, ls_t_timeo: 60 },
    ...{ dht_alpha: 3, dht_k: 8, dht_t_expire: 86400, dht_t_refresh: 900, dht_t_replicate: 900 },
    ...{ tickets: 7, color: "blue", lucky: true },
  };
  const response = encodeEnrollmentResponse({
    id: new Uint8Array(8).fill(3),
    time: { seconds: 1795159508, nanoseconds: 5 },
    response: 0,
    configuration: encoded({ type: "unicast", layer: "net", hash: "SHA3_384", options, peer: undefined }),
  });
  const request = encodeEnrollmentRequest({ id: new Uint8Array(8).fill(3) });
  const frames = dissectLower([
    { out: true, bytes: ENROLLMENT },
    { out: false, bytes: ENROLLMENT },
    { out: true, bytes: request },
    { out: false, bytes: response },
  ]);
  compare(frames[2], "enrolment request", request);
  const values = (name: string) => frames[3].values(`ouro.enrol.${name}`);
  assert.deepEqual(values("ext.kind"), ["address", "congestion", "ipcp"]);
  assert.deepEqual(values("ext.name"), ["lottery", "vegas", "unicast"]);
  assert.deepEqual(values("ext.option"), ["color", "lucky", "tickets"]);
  assert.deepEqual([values("ext.text"), values("ext.flag"), values("ext.number")], [["blue"], ["1"], ["7"]]);
  assert.deepEqual([values("addr_auth_type"), values("cong_avoid"), values("dir_hash_algo")], [["255"], [
    "255",
  ], ["2"]]);
  assert.deepEqual(frames[3].faults, []);
});

test("dissected: flow allocation with each length of hashes, and the flow's data by its quality", () => {
  const bare = Uint8Array.fromHex("0c86f10500000000aa86f005");
  // Each length has flows of its own, below and in the layer.
  const lengths = [28, 32, 48, 64].map((length, index) => {
    const fd = 64 + index;
    const [one, other] = EIDS.map(({ high, low }) => ({ high, low: low + 16 * index }));
    const messages: FlowAllocationMessage[] = [
      {
        ...{ kind: "request", source: address(0x4ea009d6), sourceEid: one, qos: { ...QOS.data, ber: 0 } },
        ...{ hash: nameHash("42".repeat(length)), data: OAP },
      },
      {
        ...{ kind: "reply", remoteEid: one, sourceEid: other, response: 0 },
        data: Uint8Array.from([...OAP, ...new Uint8Array(48)]),
      },
      { kind: "update", remoteEid: other, level: 700 },
      { kind: "deallocate", remoteEid: other },
      { kind: "probe", source: address(0x4ea009d6), id: one, size: 1200 },
      { kind: "probe answer", id: one, size: 1200 },
      {
        ...{ kind: "part", source: address(0x4ea009d6), remoteEid: other, number: 7, offset: 1139 },
        ...{ total: 2000, data: new Uint8Array(861).fill(5) },
      },
      { kind: "check", source: address(0x4ea009d6), sourceEid: one, remoteEid: other },
    ];
    const encoded = messages.map(encodeFlowAllocationMessage);
    const [request, reply, ...others] = encoded;
    const packets: Packet[] = [
      { out: true, bytes: TRANSFER, fd },
      { out: false, bytes: TRANSFER, fd },
      { out: true, bytes: transfer(request), fd },
      { out: false, bytes: transferTo(0x4ea009d6, reply), fd },
      ...others.map((bytes) => ({ out: true, bytes: transfer(bytes), fd })),
      { out: true, bytes: transfer(bare, other), fd },
    ];
    return { length, encoded, packets };
  });
  const dissected = dissectLower(lengths.flatMap(({ packets }) => packets));
  for (const { length, encoded, packets } of lengths) {
    const frames = dissected.splice(0, packets.length);
    for (const [index, bytes] of encoded.entries()) {
      compare(frames[index + 2], "flow allocation", bytes, length);
    }
    compare(frames[2], "OAP request", OAP, 0);
    assert.deepEqual(frames[10].values("ouro.frct.ackno"), [String(0xaa86f005)]);
    assert.deepEqual(frames[9].values("ouro.dt.ecn"), ["3"]);
  }
});

function transferTo(destination: number, payload: Uint8Array): Uint8Array {
  const packet = transfer(payload);
  writeDataTransferHeader(packet, destination, 0, 60, 0, 0, 0);
  return packet;
}

test("dissected: components of flows that began before the capture, where that is sure", () => {
  const source = { id: new Uint8Array(32).fill(7), address: address(0x2159206b) };
  const find = encodeDht({ type: "findValue", source, cookie: 0x1ce1098ea8d651f4n, key: new Uint8Array(32) });
  const update = encodeLinkStateUpdate({ destination: address(7), source: address(9), sequence: 5 });
  const frames = dissectLower([
    { out: false, bytes: transfer(find, { high: 0, low: 1 }) },
    { out: true, bytes: transfer(new Uint8Array(40).fill(1), EIDS[0]) },
    { out: true, bytes: update, fd: 65 },
    { out: true, bytes: new Uint8Array(30).fill(200), fd: 66 },
  ]);
  compare(frames[0], "DHT", find);
  assert.deepEqual(frames[1].values("ouro.carries"), ["N-1 flow", "DT header", "user data"]);
  compare(frames[2], "LSU", update);
  assert.deepEqual(frames[3].values("ouro.carries"), ["N-1 flow", "user data"]);
});

test("dissected: broadcast data, and a component that is refused", () => {
  const refusal = encodeCep({ component: "", protocol: "", version: 0, syntax: 0, address: address(0) });
  const frames = dissectLower([
    { out: true, bytes: BROADCAST },
    { out: false, bytes: BROADCAST },
    { out: false, bytes: new TextEncoder().encode("hello\0") },
    { out: true, bytes: MANAGEMENT, fd: 65 },
    { out: false, bytes: refusal, fd: 65 },
  ]);
  assert.deepEqual(frames[2].values("ouro.carries"), ["N-1 flow", "broadcast data"]);
  assert.deepEqual(frames[2].values("ouro.data"), ["68656c6c6f00"]);
  compare(frames[4], "CEP", refusal);
});

test("dissected: preferences force what a flow carries, and the sizes in headers", () => {
  const ping = new Uint8Array(64);
  encodeOping({ type: "reply", id: 12, time: 1500.25 }, ping);
  const short = Uint8Array.of(0xd6, 0x09, 1, 59, 0, 0x42, 0, 0, 0, ...ping);
  const frames = dissectLower([
    { out: true, bytes: short, fd: 0x50 },
    { out: true, bytes: ping, fd: 81 },
    { out: true, bytes: MANAGEMENT, fd: 82 },
    { out: true, bytes: Uint8Array.of(1, 2, 3), fd: 82 },
  ], { preferences: { addr: "2", eid: "4", flows: "0x50=transfer, 82=data" } });
  const header = shown("ouro.dt", { dst: hex(0x09d6, 8), qc: 1, ttl: 59, eid: hex(0x42, 8) });
  for (const [field, values] of Object.entries(header)) {
    assert.deepEqual(
      frames[0].values(field),
      values,
      field,
    );
  }
  const oping = shown("ouro.oping", { type: 1, id: 12, seconds: 1, nanoseconds: 500250000 });
  for (const frame of frames.slice(0, 2)) {
    for (const [field, values] of Object.entries(oping)) {
      assert.deepEqual(
        frame.values(field),
        values,
        field,
      );
    }
  }
  compare(frames[2], "CEP", MANAGEMENT);
  assert.deepEqual(frames[3].values("ouro.carries"), ["N-1 flow", "user data"]);
});

test("dissected: flows older than the capture may have headers and checksums", () => {
  const pdu = Uint8Array.fromHex("03000000b53af21700000000" + "41".repeat(10));
  const frame = Uint8Array.from([...new Uint8Array(12), 0xa0, 0, 0, 0x40, 0, pdu.length, ...pdu]);
  const dissected = (older: string) =>
    dissectMade(LINK_TYPES.ethernet, [frame], { preferences: { older } })[0];
  assert.deepEqual(dissected("neither headers nor checksums").values("ouro.carries"), [
    "eth-dix",
    "user data",
  ]);
  assert.deepEqual(dissected("FRCT headers").values("ouro.frct.seqno"), [String(0xb53af217)]);
  assert.deepEqual(dissected("FRCT headers and checksums").faults, ["ouro.bad_checksum"]);
});
