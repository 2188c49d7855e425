/** Tests of impairments below an IPCP, in virtual time: what is set, shown and ended; ports of networks. @module */
import assert from "node:assert/strict";
import { InvalidError, NotSupportedError } from "../../contract/errors.ts";
import type { Stats } from "../../contract/stats.ts";
import type { Networks } from "../../contract/network.ts";
import { success } from "../../contract/outcome.ts";
import { EthernetSegment } from "../../sim/network/ethernet_segment.ts";
import { NO_NETWORKS } from "../../contract/network.ts";
import { SeededRandom } from "../../kit/seeded_random.ts";
import { UdpNetwork } from "../../sim/network/udp_network.ts";
import { VirtualTime } from "../../sim/virtual_time.ts";
import { HostFixture } from "../../testing/ipcp/host.ts";
import { Impairments } from "./impairments.ts";
import { Tap } from "./tap.ts";
import { tappedNetworks } from "./tapped_ports.ts";
import { testingLog } from "../../testing/log.ts";

const TYPE = { name: "udp4" };

function make() {
  const time = new VirtualTime();
  const impairments = new Impairments({
    ...{ clock: time, timers: time, random: new SeededRandom(1), log: testingLog([]) },
  });
  return { time, impairments, tap: new Tap(impairments) };
}

const isStats = (value: unknown): value is Stats => typeof value === "object" && value !== null;

/** A number somewhere in the statistics. */
function within(stats: Stats, ...keys: string[]): unknown {
  return keys.reduce<unknown>((part, key) => isStats(part) ? part[key] : undefined, stats);
}

/** Two UDP sockets; the first one's IPCP is impaired. */
function sockets() {
  const made = make();
  const network = new UdpNetwork(made.time);
  const near = tappedNetworks(network.host(["10.0.0.1"]), made.tap).openUdp("10.0.0.1", 3435);
  const far = network.host(["10.0.0.2"]).openUdp("10.0.0.2", 4000);
  const [came, went]: [number[], number[]] = [[], []];
  near.onDatagram((datagram) => came.push(datagram[0]));
  far.onDatagram((datagram) => went.push(datagram[0]));
  const exchange = (count: number) => {
    for (let at = 0; at < count; at++) {
      near.send(Uint8Array.of(at), new Uint8Array(0), far.own);
      far.send(Uint8Array.of(at), new Uint8Array(0), near.own);
      made.time.advance(1);
    }
  };
  return { ...made, near, far, came, went, exchange };
}

Deno.test("what is sent and what is received is impaired apart, shown, and left alone at the end", () => {
  const { impairments, came, went, exchange, time } = sockets();
  exchange(3);
  assert.deepEqual([came, went], [[0, 1, 2], [0, 1, 2]]);
  assert.deepEqual(impairments.handle({}, TYPE), {});
  impairments.handle({ direction: "out", impairment: { loss: 1 } }, TYPE);
  exchange(3);
  assert.deepEqual([came.length, went.length], [6, 3]);
  const stats = impairments.handle({ direction: "in", impairment: { delay: 10, seed: 5 } }, TYPE);
  assert.equal(within(stats, "out", "counts", "lost"), 3);
  assert.deepEqual(within(stats, "in", "settings"), { delay: 10, seed: 5 });
  exchange(3);
  assert.deepEqual([came.length, went.length], [6, 3]);
  assert.equal(within(impairments.stats(), "in", "counts", "waiting"), 3);
  time.advance(10);
  assert.deepEqual([came.length, went.length], [9, 3]);
  exchange(3);
  // What is on its way arrives at once.
  assert.deepEqual(impairments.handle({ impairment: "off" }, TYPE), {});
  assert.deepEqual([came.length, went.length], [12, 3]);
  exchange(1);
  assert.deepEqual([came.length, went.length], [13, 4]);
});

Deno.test("the same seed does the same to the same packets, another one and the other direction do not", () => {
  const lost = (seed: number) => {
    const { impairments, came, went, exchange } = sockets();
    impairments.handle({ impairment: { loss: 0.5, seed } }, TYPE);
    exchange(50);
    return [came.join(), went.join()];
  };
  assert.deepEqual(lost(1), lost(1));
  assert.notDeepEqual(lost(1), lost(2));
  const [came, went] = lost(1);
  assert.notEqual(came, went);
});

Deno.test("duplicates, damage and overtaking happen; the sender's bytes stay as they are", () => {
  const { impairments, near, far, time } = sockets();
  impairments.handle({ direction: "out", impairment: { duplicate: 0.2, corrupt: 0.2, reorder: 0.2 } }, TYPE);
  const got: number[] = [];
  let damaged = 0;
  far.onDatagram((datagram) => {
    got.push(datagram[0]);
    if (datagram.subarray(1).some((byte) => byte !== 0)) damaged++;
  });
  const packet = new Uint8Array(100);
  for (let at = 0; at < 200; at++) {
    near.send(packet, Uint8Array.of(at), far.own);
    time.advance(1);
  }
  time.advance(100);
  assert(got.length > 210 && damaged > 20, `${got.length} ${damaged}`);
  assert(got.some((number, at) => at > 0 && number < got[at - 1]));
  assert(packet.every((byte) => byte === 0));
});

Deno.test("delayed packets are bounded: more are dropped and counted", () => {
  const { impairments, near, far, went, time } = sockets();
  impairments.handle({ direction: "out", impairment: { delay: 1000 } }, TYPE);
  for (let at = 0; at < 20_000; at++) near.send(Uint8Array.of(at), new Uint8Array(0), far.own);
  assert.equal(within(impairments.stats(), "out", "counts", "dropped"), 20_000 - 16_384);
  time.advance(1100);
  const large = new Uint8Array(60_000);
  for (let at = 0; at < 1000; at++) near.send(large, new Uint8Array(0), far.own);
  assert.equal(
    within(impairments.stats(), "out", "counts", "waiting"),
    Math.floor(32 * 1024 * 1024 / 60_000),
  );
  assert(went.length > 0);
  near.close();
});

Deno.test("a port that is closed sends what is on its way, and leaves no timer behind", () => {
  const { impairments, near, came, went, exchange, time } = sockets();
  impairments.handle({ impairment: { delay: 50 } }, TYPE);
  exchange(3);
  near.close();
  time.advance(100);
  assert.deepEqual([came, went], [[], [0, 1, 2]]);
  assert.equal(within(impairments.stats(), "out", "counts", "waiting"), 0);
  assert.equal(within(impairments.stats(), "in", "counts", "waiting"), 0);
});

Deno.test("frames of Ethernet are impaired; a capture sees what is on the wire", () => {
  const { impairments, tap, time } = make();
  const segment = new EthernetSegment(time);
  const [mine, other] = ["a", "b"].map((name) => segment.device(name));
  const networks: Networks = { ...NO_NETWORKS, openEthernet: (_device, filter) => mine.open(filter) };
  const port = tappedNetworks(networks, tap).openEthernet("eth0", 0xa000);
  const peer = other.open(0xa000);
  const header = Uint8Array.of(...peer.address, ...port.address, 0xa0, 0);
  let [received, seen] = [0, 0];
  peer.onFrame(() => received++);
  tap.watch({ packet: () => seen++ });
  impairments.handle({ direction: "out", impairment: { loss: 0.5, seed: 1 } }, TYPE);
  for (let at = 0; at < 100; at++) assert(port.send(Uint8Array.of(at), header));
  time.advance(10);
  assert(received > 30 && received < 70, `${received}`);
  assert.equal(seen, received);
});

Deno.test("packets that wait for a limited rate wait in front of the port: layers above are held back and go on", () => {
  const { impairments, near, far, went, time } = sockets();
  const packet = new Uint8Array(1000);
  const fill = (count: number) => {
    for (let at = 0; at < count; at++) near.send(packet, Uint8Array.of(at), far.own);
  };
  let drained = 0;
  near.onDrained(10, () => drained++);
  fill(20);
  assert.deepEqual([near.queued, drained], [0, 0]);
  // 1000 bytes take a millisecond.
  impairments.handle({ direction: "out", impairment: { rate: 8e6 } }, TYPE);
  fill(20);
  assert(near.queued >= 20, `${near.queued}`);
  time.advance(5);
  assert.equal(drained, 0);
  time.advance(9);
  assert.deepEqual([near.queued <= 10, drained], [true, 1]);
  fill(50);
  impairments.handle({ impairment: "off" }, TYPE);
  assert.deepEqual([near.queued, drained], [0, 2]);
  time.advance(1);
  assert.equal(went.length, 90);
  near.close();
});

Deno.test("wrong settings, and IPCPs with nothing below them, are refused", () => {
  const { impairments } = make();
  const wrong = [
    { impairment: { loss: 1.5 } },
    { impairment: { loss: "5%" } },
    { impairment: { loss: NaN } },
    { impairment: { los: 0.1 } },
    { impairment: { seed: 0.5 } },
    { impairment: { delay: 1e9 } },
    { impairment: { rate: 0 } },
    { impairment: "on" },
    { impairment: [0.5] },
    { direction: "up", impairment: { loss: 0.5 } },
  ];
  for (const fields of wrong) assert.throws(() => impairments.handle(fields, TYPE), InvalidError);
  assert.equal(impairments.active, false);
  assert.throws(
    () => impairments.handle({ impairment: { loss: 1 } }, { name: "local", networks: false }),
    NotSupportedError,
  );
});

Deno.test("an IPCP impairs when it is asked to, says so in its log and its statistics, and ends it with itself", () => {
  const fixture = new HostFixture();
  const impairment = { delay: 1, seed: 3 };
  const counts = {
    packets: 0,
    lost: 0,
    duplicated: 0,
    reordered: 0,
    corrupted: 0,
    overflowed: 0,
    dropped: 0,
  };
  const out = { settings: impairment, counts: { ...counts, waiting: 0 } };
  assert.deepEqual(fixture.ask("layer.impair", { direction: "out", impairment }), success({ out }));
  assert.deepEqual(fixture.lines, [
    "ipcpd/ipcp(WW): Impaired below this IPCP is what is sent (delay 1, seed 3).",
  ]);
  const stats = fixture.ask("layer.stats");
  assert(stats?.ok && isStats(stats.value));
  assert.deepEqual(stats.value.impairment, { out });
  assert.deepEqual(fixture.ask("layer.impair", { impairment: "off" }), success({}));
  assert.match(fixture.lines[1], /impaired no more/);
  fixture.ask("layer.impair", { impairment });
  fixture.host.shutdown();
  assert.deepEqual(fixture.ask("layer.impair"), success({}));
});
