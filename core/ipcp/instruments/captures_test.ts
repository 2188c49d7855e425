/** Tests of captures: what is below an IPCP is seen as it is, in records, and never waits for a reader. @module */
import { NO_BYTES } from "../../kit/bytes.ts";
import assert from "node:assert/strict";
import { ExhaustedError, InvalidError, IpcpStateError, NotSupportedError } from "../../contract/errors.ts";
import { address } from "../../contract/ids.ts";
import type { LowerFlow } from "../../contract/ipcp.ts";
import type { Networks } from "../../contract/network.ts";
import { type Done, type Outcome, success } from "../../contract/outcome.ts";
import { QOS } from "../../contract/qos.ts";
import { EthernetSegment } from "../../sim/network/ethernet_segment.ts";
import { NO_NETWORKS } from "../../contract/network.ts";
import { UdpNetwork } from "../../sim/network/udp_network.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { type CaptureRecord, decodeCaptureRecord } from "../../wire/capture/capture_record.ts";
import { encodeCep } from "../../wire/layer/cep_message.ts";
import { parseEndpoint } from "../../wire/ip_address.ts";
import { udpPacket } from "../../wire/capture/ip_packet.ts";
import { decodeCapturePacket, type FlowComponent } from "../../wire/capture/capture_packet.ts";
import { LINK_TYPES } from "../../wire/capture/pcap.ts";
import { Captures, type CapturesContext } from "./captures.ts";
import type { DataPort } from "../data_connections.ts";
import { FakePort } from "../../testing/ipcp/host.ts";
import { Tap } from "./tap.ts";
import { TappedLower } from "./tapped_flow.ts";
import { tappedNetworks } from "./tapped_ports.ts";
import { TestingNetwork } from "../../testing/lower.ts";

const TOKEN = "00112233445566778899aabbccddeeff";

/** One that captures; it keeps the records. */
class Reader extends FakePort {
  readonly records: CaptureRecord[] = [];
  override send(packet: Uint8Array, header: Uint8Array = NO_BYTES): boolean {
    if (this.full) return false;
    this.records.push(decodeCaptureRecord(Uint8Array.from([...header, ...packet])));
    return true;
  }
}

interface Kit {
  readonly time: VirtualTime;
  readonly tap: Tap;
  readonly captures: Captures;
  begin(reader?: Reader, snapLength?: number): Outcome<unknown> | undefined;
}

function make(
  type: CapturesContext["type"] = { name: "unicast", abilities: ["enrol"], networks: false },
): Kit {
  const time = new VirtualTime();
  const tap = new Tap();
  let reader = new Reader();
  const connect = ({ token }: { token: string }, done: Done<DataPort>) => {
    assert.equal(token, TOKEN);
    done(success(reader));
  };
  const connections = { expect: () => () => {}, connect };
  const captures = new Captures({ name: "x", type, tap, connections, clock: time });
  return {
    ...{ time, tap, captures },
    begin: (next = reader, snapLength = 65535) => {
      reader = next;
      let answer: Outcome<unknown> | undefined;
      captures.begin({ path: "/tmp/x", token: TOKEN, snapLength }, (outcome) => answer = outcome);
      return answer;
    },
  };
}

const cep = (component: string, protocol: string) =>
  encodeCep({ component, protocol, version: 1, syntax: 0, address: address(7) });

/** Flows of a tapped IPCP to another. */
function flows({ time, tap }: Kit) {
  const network = new TestingNetwork(time);
  const far: LowerFlow[] = [];
  network.host("b").accept((flow) => far.push(flow));
  const lower = new TappedLower(network.host("a"), tap);
  const received: string[] = [];
  const open = (): [near: LowerFlow, far: LowerFlow] => {
    let near: LowerFlow | undefined;
    lower.allocate("b", QOS.raw, (outcome) => outcome.ok && (near = outcome.value));
    time.advance(5);
    const other = far.at(-1);
    assert(near && other);
    near.onPacket((packet) => received.push(packet.toHex()));
    return [near, other];
  };
  return { lower, network, open, received };
}

const seen = ({ records }: Reader): [string, FlowComponent, string][] =>
  records.map(({ direction, packet }) => {
    const header = decodeCapturePacket(packet);
    assert.equal(header.direction, direction);
    return [direction, header.component, packet.subarray(8).toHex()];
  });

Deno.test("packets of N-1 flows are captured both ways, header and all, with the component of their flow", () => {
  const set = make();
  const reader = new Reader();
  const { open, received } = flows(set);
  assert.deepEqual(set.begin(reader), success({ linkType: LINK_TYPES.lower }));
  const [near, far] = open();
  const hello = cep("Management", "LSP");
  near.send(hello);
  far.send(hello);
  set.time.advance(5);
  assert(near.send(Uint8Array.of(3, 4), Uint8Array.of(1, 2)));
  far.send(Uint8Array.of(9));
  set.time.advance(5);
  assert.deepEqual(seen(reader), [
    ["out", "unknown", hello.toHex()],
    ["in", "management", hello.toHex()],
    ["out", "management", "01020304"],
    ["in", "management", "09"],
  ]);
  assert.deepEqual(received, [hello.toHex(), "09"]);
  assert.deepEqual(reader.records.map(({ length }) => length), [hello.length + 8, hello.length + 8, 12, 9]);
});

Deno.test("the component is known of flows that began before the capture", () => {
  const set = make();
  const { open, lower, network } = flows(set);
  const components: [string, string, FlowComponent][] = [
    ["Enrollment", "OEP", "enrollment"],
    ["Data Transfer", "dtp", "transfer"],
    ["Data Transfer", "", "broadcast"],
    ["Tea", "pot", "unknown"],
  ];
  const opened = components.map(([component, protocol]) => {
    const [near, far] = open();
    far.send(cep(component, protocol));
    set.time.advance(5);
    return near;
  });
  // One that was accepted.
  const accepted: LowerFlow[] = [];
  lower.accept((flow) => accepted.push(flow));
  network.host("c").allocate(
    "a",
    QOS.raw,
    (outcome) => outcome.ok && outcome.value.send(cep("Management", "LSP")),
  );
  set.time.advance(5);
  accepted[0].onPacket(() => {});
  const reader = new Reader();
  set.begin(reader);
  for (const flow of [...opened, accepted[0]]) flow.send(Uint8Array.of(1));
  assert.deepEqual(seen(reader).map(([, component]) => component), [
    ...components.map(([, , component]) => component),
    "management",
  ]);
});

Deno.test("a packet that was dropped, and one on a flow that is gone, is not captured", () => {
  const set = make();
  const reader = new Reader();
  const { open } = flows(set);
  set.begin(reader);
  const [near, far] = open();
  assert.equal(near.send(new Uint8Array(2 * 1024 * 1024)), false);
  far.deallocate();
  set.time.advance(5);
  near.deallocate();
  assert.equal(near.send(Uint8Array.of(1)), false);
  assert.deepEqual(reader.records, []);
});

Deno.test("of long packets the beginning is kept", () => {
  const set = make();
  const { open } = flows(set);
  for (const [snapLength, kept] of [[1000, 108], [58, 58], [9, 9], [8, 8], [3, 3]]) {
    const reader = new Reader();
    set.begin(reader, snapLength);
    const [near] = open();
    assert(near.send(new Uint8Array(60).fill(7), new Uint8Array(40).fill(5)));
    assert.deepEqual(reader.records.map(({ packet, length }) => [packet.length, length]), [[kept, 108]]);
    reader.down?.("enough");
  }
});

Deno.test("a reader that is slow loses packets and is told how many; nobody waits", () => {
  const set = make();
  const reader = new Reader();
  const { open, received } = flows(set);
  set.begin(reader);
  const [near, far] = open();
  reader.full = true;
  for (let count = 0; count < 10; count++) assert(near.send(Uint8Array.of(count)));
  far.send(Uint8Array.of(77));
  set.time.advance(5);
  assert.deepEqual(received, ["4d"]);
  reader.full = false;
  reader.drained?.();
  reader.drained?.();
  near.send(Uint8Array.of(5));
  assert.deepEqual(reader.records.map(({ dropped, length }) => [dropped, length]), [[11, 0], [11, 9]]);
});

Deno.test("captures end with their readers, and a few may run at a time", () => {
  const set = make();
  const { open } = flows(set);
  const [near] = open();
  const readers = Array.from({ length: 8 }, () => new Reader());
  for (const reader of readers) assert(set.begin(reader)?.ok);
  const late = new Reader();
  const refused = set.begin(late);
  assert(refused && !refused.ok && refused.error instanceof ExhaustedError);
  assert(late.closed);
  readers[3].down?.("gone");
  near.send(Uint8Array.of(1));
  assert.deepEqual(readers.map(({ records }) => records.length), [1, 1, 1, 0, 1, 1, 1, 1]);
  assert(readers[3].closed);
  for (const reader of readers) reader.down?.("gone");
  assert.equal(set.tap.active, false);
});

Deno.test("when the IPCP ends, what was captured still goes out", () => {
  const set = make();
  const reader = new Reader();
  set.begin(reader);
  set.captures.end();
  assert.equal(reader.closed, false);
  reader.drain();
  assert(reader.closed);
  const late = new Reader();
  assert.equal(set.begin(late)?.ok, false);
  assert(late.closed);
});

Deno.test("times are those of the day, and go on as the clock does", () => {
  const set = make();
  const reader = new Reader();
  const { open } = flows(set);
  const [near] = open();
  set.begin(reader);
  const start = set.time.wall();
  near.send(Uint8Array.of(1));
  set.time.advance(1500);
  near.send(Uint8Array.of(1));
  assert.deepEqual(reader.records.map(({ time }) => Math.round(time - start)), [0, 1500]);
});

Deno.test("frames of Ethernet are captured as they are", () => {
  const set = make({ name: "eth-dix" });
  const segment = new EthernetSegment(set.time);
  const [mine, other] = ["a", "b"].map((name) => segment.device(name));
  const networks: Networks = { ...NO_NETWORKS, openEthernet: (_device, filter) => mine.open(filter) };
  assert.throws(() => set.begin(), IpcpStateError);
  const port = tappedNetworks(networks, set.tap).openEthernet("eth0", 0xa000);
  const peer = other.open(0xa000);
  const received: string[] = [];
  port.onFrame((frame) => received.push(frame.toHex()));
  const reader = new Reader();
  assert.deepEqual(set.begin(reader), success({ linkType: LINK_TYPES.ethernet }));
  const header = (to: Uint8Array, from: Uint8Array) => Uint8Array.of(...to, ...from, 0xa0, 0);
  assert(port.send(Uint8Array.of(1, 2), header(peer.address, port.address)));
  peer.send(Uint8Array.of(3), header(port.address, peer.address));
  set.time.advance(10);
  assert.deepEqual(reader.records.map(({ direction, packet }) => [direction, packet.toHex()]), [
    ["out", header(peer.address, port.address).toHex() + "0102"],
    ["in", received[0]],
  ]);
  assert.equal(received[0].slice(-2), "03");
});

Deno.test("datagrams are captured with IP and UDP headers", () => {
  const set = make({ name: "udp4" });
  const network = new UdpNetwork(set.time);
  const port = tappedNetworks(network.host(["10.0.0.1"]), set.tap).openUdp("10.0.0.1", 3435);
  const peer = network.host(["10.0.0.2"]).openUdp("10.0.0.2", 4000);
  const received: string[] = [];
  port.onDatagram((datagram, from) => received.push(datagram.toHex() + from.toHex()));
  const reader = new Reader();
  assert.deepEqual(set.begin(reader), success({ linkType: LINK_TYPES.ip }));
  port.send(Uint8Array.of(1, 2), Uint8Array.of(0, 0, 0, 64), peer.own);
  peer.send(Uint8Array.of(3), Uint8Array.of(0, 0, 0, 65), port.own);
  set.time.advance(10);
  const [a, b] = ["10.0.0.1:3435", "10.0.0.2:4000"].map(parseEndpoint);
  assert.deepEqual(reader.records.map(({ direction, packet }) => [direction, packet.toHex()]), [
    ["out", udpPacket(a, b, Uint8Array.of(0, 0, 0, 64, 1, 2)).toHex()],
    ["in", udpPacket(b, a, Uint8Array.of(0, 0, 0, 65, 3)).toHex()],
  ]);
  assert.deepEqual(received, ["0000004103" + b.toHex()]);
});

Deno.test("a type with nothing below it, and requests that are none, are refused", () => {
  assert.throws(() => make({ name: "local", networks: false }).begin(), NotSupportedError);
  const { captures } = make();
  for (
    const fields of [
      {},
      { path: "/tmp/x", token: TOKEN, snapLength: 0 },
      { path: "/tmp/x", token: "12", snapLength: 10 },
      { path: "x".repeat(108), token: TOKEN, snapLength: 10 },
    ]
  ) assert.throws(() => captures.begin(fields, () => {}), InvalidError);
});
