/**
 * The dissector on lower layers: frames, management messages and what flows put around their packets, recorded and our own.
 *
 * @module
 */
import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { unless } from "../../core/testing/left_out.ts";
import { nameHash } from "../../core/contract/ids.ts";
import { decodePci, FLAG, PCI_BYTES } from "../../core/wire/frct_header.ts";
import { QOS } from "../../core/contract/qos.ts";
import * as ethernet from "../../core/wire/ethernet_frame.ts";
import {
  decodeEthernetManagement,
  DIX_MANAGEMENT,
  encodeEthernetManagement,
  LLC_MANAGEMENT,
} from "../../plugins/eth/ethernet_management.ts";
import { parseEndpoint } from "../../core/wire/ip_address.ts";
import { udpPacket } from "../../core/wire/capture/ip_packet.ts";
import { encodeOapHeader, plainOapHeader } from "../../core/wire/oap_header.ts";
import { LINK_TYPES } from "../../core/wire/capture/pcap.ts";
import type { ShimMessage } from "../../core/ipcp/shim/shim_message.ts";
import {
  decodeUdpManagement,
  encodeUdpManagement,
  type UdpManagement,
} from "../../plugins/udp/udp_management.ts";
import { lowerPackets } from "../support/lower_packets.ts";
import { recorded } from "../support/pcap.ts";
import { udpDatagrams } from "../support/udp_datagrams.ts";
import { hex, type Shown, shown, shownQos } from "./expected.ts";
import { dissectMade } from "./made.ts";
import { dissectRecorded } from "./recorded.ts";
import { type Dissected, whyNoTshark } from "./tshark.ts";

const test = unless(whyNoTshark);
const ETHERNET_CODES = [
  "request",
  "reply",
  "query",
  "answer",
  "deallocate",
  "absent",
  "check",
  "move",
  "former",
  "present",
];
const UDP_CODES = [
  "",
  "request",
  "reply",
  "deallocate",
  "query",
  "answer",
  "absent",
  "check",
  "unknown",
  "present",
  "former",
];

/** What is shown of a management message. */
function management(message: ShimMessage | UdpManagement, udp: boolean): Shown {
  const code = (udp ? UDP_CODES : ETHERNET_CODES).indexOf(message.code);
  const ids = (seid: number, deid: number) =>
    shown("ouro.mgmt", { code, seid: hex(seid, 4), deid: hex(deid, 4) });
  switch (message.code) {
    case "request":
      return { ...ids(message.requester, 0), ...shownQos(message.qos), "ouro.hash": [message.hash] };
    case "reply": {
      const { requester, responder, response } = message;
      return {
        ...udp ? ids(requester, responder) : ids(responder, requester),
        ...shown("ouro", { response }),
      };
    }
    case "deallocate":
    case "check":
    case "present":
      return ids(message.source, message.destination);
    case "move":
      return {
        ...ids(message.source, message.destination),
        ...shown("ouro.mgmt", { code, address: message.address }),
      };
    case "former":
      return shown("ouro.mgmt", { code, address: message.address });
    case "absent":
      return ids(0, message.destination);
    // To those who do not know it, it is a query with bytes behind.
    case "seek":
      return {
        ...shown("ouro.mgmt", { code: ETHERNET_CODES.indexOf("query") }),
        "ouro.hash": [message.hash],
        "ouro.padding": [`77686f3f${message.address.toHex()}`],
      };
    case "query":
    case "unknown":
    case "answer":
      return {
        ...shown("ouro.mgmt", { code, ..."nonce" in message ? { nonce: hex(message.nonce, 4) } : {} }),
        "ouro.hash": [message.hash],
      };
  }
}

/** What is shown of a frame. */
function ofEthernet(frame: Uint8Array, hashLength: number): Shown {
  if (ethernet.etherType(frame) >= 0x600) {
    ethernet.checkDixFrame(frame);
    const eid = ethernet.dixEid(frame), length = ethernet.dixLength(frame);
    return {
      ...shown("ouro.dix", { eid: hex(eid, 2), length }),
      ...shown("ouro", { padding: frame.subarray(18 + length) }),
      ...eid === 0
        ? management(decodeEthernetManagement(DIX_MANAGEMENT, ethernet.dixPayload(frame), hashLength), false)
        : {},
    };
  }
  ethernet.checkLlcFrame(frame);
  const dsap = ethernet.llcTo(frame), ssap = ethernet.llcFrom(frame);
  return {
    ...shown("ouro.llc", { dsap, ssap }),
    ...dsap === 1 && ssap === 1
      ? management(decodeEthernetManagement(LLC_MANAGEMENT, ethernet.llcPayload(frame), hashLength), false)
      : {},
  };
}

/** What is shown of a datagram. */
function ofUdp(payload: Uint8Array): Shown {
  const eid = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
  return {
    ...shown("ouro.udp", { eid: hex(eid, 4) }),
    ...eid === 0 ? management(decodeUdpManagement(payload), true) : {},
  };
}

function compare(frame: Dissected | undefined, expected: Shown, where: string): void {
  assert(frame, `${where} is not shown`);
  for (const [field, values] of Object.entries(expected)) {
    assert.deepEqual(frame.values(field), values, `${where}: ${field}`);
  }
}

/** Recorded frames, with the bytes of a hash. */
const ETHERNET: Readonly<Record<string, number>> = {
  "eth-dix": 32,
  "eth-dix-flow2": 32,
  "eth-dix-qos": 32,
  "eth-dix-reject": 32,
  "eth-dix-sentinel": 32,
  "eth-dix-sha3-512": 64,
  "eth-llc": 32,
  "eth-llc-flow2": 32,
  "eth-llc-reject": 32,
  "eth-llc-sentinel": 32,
};
const DATAGRAMS = [
  "udp4",
  "udp4-flow2",
  "udp4-reject",
  "udp4-sentinel",
  "udp6",
  "udp6-flow2",
  "udp6-sentinel",
];
const HEADERS = [
  "frct-data",
  "frct-best",
  "frct-lossy",
  "frct-rdv",
  "frct-drf-ack-workaround",
  "frct-quirk-early-ack",
  "frct-quirk-oneway-stall",
  "frct-quirk-zero-window",
  "eth-dix-qos",
];
/** Encrypted packets, with the bytes in front of them and behind them. */
const ENCRYPTED = [["frct-enc", 12, 16], ["oap-x25519", 12, 16], ["oap-x448", 16, 0]] as const;

let recordings: ReturnType<typeof dissectRecorded> | undefined;

function dissected(name: string): readonly Dissected[] {
  const others = ["udp4-ddns", "frct-crc", ...ENCRYPTED.map(([encrypted]) => encrypted)];
  const names = new Set([...Object.keys(ETHERNET), ...DATAGRAMS, ...HEADERS, ...others]);
  recordings ??= dissectRecorded([...names], { preferences: { ethertypes: "a000,0xA123" } });
  return recordings.get(name) ?? [];
}

for (const [name, hash] of Object.entries(ETHERNET)) {
  test(`dissected: frames and management of ${name}`, () => {
    const frames = dissected(name);
    for (const [index, { bytes }] of recorded(name).entries()) {
      const where = `${name} frame ${index + 1}`;
      // It says more bytes than it has.
      if (where !== "eth-dix-reject frame 14") compare(frames[index], ofEthernet(bytes, hash), where);
    }
  });
}

for (const name of DATAGRAMS) {
  test(`dissected: datagrams and management of ${name}`, () => {
    const frames = dissected(name);
    const datagrams = udpDatagrams(recorded(name));
    for (const { frame, payload } of datagrams) {
      compare(frames[frame - 1], ofUdp(payload), `${name} frame ${frame}`);
      assert.deepEqual(frames[frame - 1].faults, []);
    }
    assert(datagrams.length >= 2);
  });
}

test("dissected: DNS stays DNS", () => {
  const frames = dissected("udp4-ddns");
  assert(frames.length > 0);
  assert(frames.every((frame) => frame.values("ouro.carries").length === 0));
});

/** What is shown of an FRCT header. */
function frct(packet: Uint8Array): Shown {
  const { flags, window, seqno, ackno } = decodePci(packet);
  const is = (flag: number) => (flags & flag) !== 0;
  return shown("ouro.frct", {
    flags: hex(flags, 1),
    data: is(FLAG.data),
    drf: is(FLAG.run),
    ack: is(FLAG.ack),
    fc: is(FLAG.window),
    rdvs: is(FLAG.rendezvous),
    window: hex(window, 3),
    seqno,
    ackno,
    payload: is(FLAG.data) ? packet.subarray(PCI_BYTES) : new Uint8Array(0),
  });
}

for (const name of HEADERS) {
  test(`dissected: FRCT headers of ${name}`, () => {
    const frames = dissected(name);
    const packets = lowerPackets(recorded(name)).filter(({ eid, sdu }) => eid !== 0 && sdu.length > 0);
    // The last flow of this capture is raw.
    for (const { frame, sdu } of packets.filter(({ eid }) => name !== "eth-dix-qos" || eid < 0x44)) {
      compare(frames[frame - 1], frct(sdu), `${name} frame ${frame}`);
    }
    assert(packets.length >= 4);
  });
}

test("dissected: checksums, and that some are wrong", () => {
  const frames = dissected("frct-crc");
  let good = 0, bad = 0;
  for (const { frame, eid, sdu } of lowerPackets(recorded("frct-crc"))) {
    if (eid === 0) continue;
    const [flags] = sdu;
    if ((flags & 1) === 0 && sdu.length === 12) {
      assert.deepEqual(frames[frame - 1].values("ouro.crc.crc32"), []);
      continue;
    }
    const sum = new DataView(sdu.buffer, sdu.byteOffset, sdu.length).getUint32(sdu.length - 4);
    const right = crc32(sdu.subarray(0, -4)) === sum;
    right ? good++ : bad++;
    compare(frames[frame - 1], {
      ...frct(sdu.subarray(0, -4)),
      ...shown("ouro.crc", { crc32: hex(sum, 4), good: right }),
    }, `frct-crc frame ${frame}`);
  }
  assert.deepEqual([good > 5, bad], [true, 3]);
});

for (const [name, iv, tag] of ENCRYPTED) {
  test(`dissected: encrypted packets of ${name}`, () => {
    const frames = dissected(name);
    const packets = lowerPackets(recorded(name)).filter(({ eid, sdu }) => eid !== 0 && sdu.length > 0);
    for (const { frame, sdu } of packets) {
      const end = sdu.length - tag;
      const expected = shown("ouro.crypt", {
        phase: (sdu[0] & 0x80) !== 0,
        iv: sdu.subarray(0, iv),
        ciphertext: sdu.subarray(iv, end),
        tag: sdu.subarray(end),
      });
      compare(frames[frame - 1], expected, `${name} frame ${frame}`);
      assert(!frames[frame - 1].values("ouro.carries").includes("FRCT"));
    }
    assert(packets.length >= 2);
  });
}

const [A, B] = [1, 2].map((last) => ethernet.macAddress(Uint8Array.of(2, 0, 0, 0, 0, last)));
const HASH = nameHash("5a".repeat(32));
const OAP = encodeOapHeader(
  plainOapHeader(new Uint8Array(16).fill(9), 1795160415426264466n, new Uint8Array(0)),
);

function frame(format: typeof DIX_MANAGEMENT, message: ShimMessage): Uint8Array {
  const payload = encodeEthernetManagement(format, message);
  const dix = format === DIX_MANAGEMENT;
  const header = dix ? ethernet.dixHeader(B, A, 0xa000, 0) : ethernet.llcHeader(B, A, 1, 1);
  if (dix) ethernet.setDixLength(header, payload.length);
  else ethernet.setLlcLength(header, payload.length);
  return Uint8Array.from([...header, ...payload]);
}

test("dissected: all messages of ours on Ethernet, with each length of hashes", () => {
  for (const bytes of [28, 32, 48, 64]) {
    const hash = nameHash("5a".repeat(bytes));
    const messages: ShimMessage[] = [
      { code: "request", requester: 60, qos: QOS.video, hash, data: OAP },
      { code: "reply", requester: 60, responder: 61, response: -1007, data: new Uint8Array(0) },
      { code: "query", hash },
      { code: "answer", hash },
      { code: "deallocate", source: 60, destination: 61 },
      { code: "move", source: 60, destination: 61, address: Uint8Array.of(2, 0, 0, 0, 0, 9) },
      { code: "former", address: Uint8Array.of(2, 0, 0, 0, 0, 9) },
      { code: "seek", hash, address: Uint8Array.of(2, 0, 0, 0, 0, 9) },
      { code: "absent", destination: 61 },
      { code: "check", source: 60, destination: 61 },
      { code: "present", source: 60, destination: 61 },
    ];
    const frames = [DIX_MANAGEMENT, LLC_MANAGEMENT].flatMap((format) =>
      messages.map((one) => frame(format, one))
    );
    const dissected = dissectMade(LINK_TYPES.ethernet, frames);
    for (const [index, one] of frames.entries()) {
      compare(dissected[index], ofEthernet(one, bytes), `message ${index}, hashes of ${bytes} bytes`);
      assert.deepEqual(dissected[index].faults, []);
    }
  }
});

test("dissected: all messages of ours on UDP, on the port that is asked for", () => {
  const hash = nameHash("3b".repeat(16));
  const messages: UdpManagement[] = [
    { code: "request", requester: 0x11223344, qos: QOS.voice, hash, data: OAP },
    { code: "reply", requester: 0x11223344, responder: 77, response: -1009, data: new Uint8Array(0) },
    { code: "deallocate", source: 77, destination: 0x11223344 },
    { code: "absent", destination: 0x11223344 },
    { code: "check", source: 77, destination: 0x11223344 },
    { code: "present", source: 77, destination: 0x11223344 },
    { code: "query", nonce: 0xdeadbeef, hash },
    { code: "answer", nonce: 0xdeadbeef, hash },
    { code: "unknown", nonce: 0xdeadbeef, hash },
    { code: "former", address: Uint8Array.of(10, 0, 0, 1, 13, 107) },
  ];
  const datagrams = messages.map(encodeUdpManagement);
  for (const [from, to] of [["10.0.0.1:4000", "10.0.0.2:4000"], ["[fd00::1]:4000", "[fd00::2]:4000"]]) {
    const packets = datagrams.map((datagram) => udpPacket(parseEndpoint(from), parseEndpoint(to), datagram));
    const dissected = dissectMade(LINK_TYPES.ip, packets, { preferences: { ports: "3435,4000-4001" } });
    for (const [index, datagram] of datagrams.entries()) {
      compare(dissected[index], ofUdp(datagram), `${from}: message ${index}`);
      assert.deepEqual(dissected[index].faults, []);
    }
  }
});

test("dissected: what a capture has cut is said to be cut, not malformed", () => {
  const whole = frame(DIX_MANAGEMENT, {
    code: "request",
    requester: 60,
    qos: QOS.raw,
    hash: HASH,
    data: OAP,
  });
  const lengths = Array.from({ length: whole.length - 14 }, (_, index) => 14 + index);
  const frames = dissectMade(
    LINK_TYPES.ethernet,
    lengths.map((length) => ({ bytes: whole.subarray(0, length), length: whole.length })),
  );
  for (const [index, length] of lengths.entries()) {
    assert.deepEqual(frames[index].faults, [], `${length} bytes`);
    if (length > 14) assert.notDeepEqual(frames[index].values("ouro.cut"), [], `${length} bytes`);
  }
});
