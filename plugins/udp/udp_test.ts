/** Tests of members of layers over UDP with each other: names, flows, address translation, sizes. @module */
import assert from "node:assert/strict";
import { AuthError } from "../../core/contract/errors.ts";
import { failure, type Outcome, success } from "../../core/contract/outcome.ts";
import type { Layer } from "../../core/contract/ipcp.ts";
import { nameHash } from "../../core/contract/ids.ts";
import { SimulatedDns } from "../../core/sim/network/dns_server.ts";
import { VirtualTime } from "../../core/sim/virtual_time.ts";
import { UdpNetwork } from "../../core/sim/network/udp_network.ts";
import { checkOptions } from "../../core/registry/check_options.ts";
import { HASH, Station, UdpWorld } from "../testing/udp.ts";
import { udp4 } from "./udp.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";

/** A flow from one member to a name at the other carries packets both ways, and its end is told. */
function connects(one: Station, other: Station): void {
  const { time } = one;
  const requester = one.allocate();
  assert.deepEqual(requester.reply, { response: 0, data: Uint8Array.of(9) });
  const [responder] = other.offered.splice(0);
  requester.write(Uint8Array.of(1));
  requester.write(Uint8Array.of());
  responder.write(Uint8Array.of(2));
  time.advance(10);
  assert.deepEqual(responder.received, [Uint8Array.of(1), Uint8Array.of()]);
  assert.deepEqual(requester.received, [Uint8Array.of(2)]);
  one.deallocate(requester);
  assert.equal(responder.lost, "the other end has deallocated the flow");
  other.deallocate(responder);
  assert.deepEqual([one.upper.open, other.upper.open], [0, 0]);
}

for (const [one, other] of [[A, B], ["fd00::1", "fd00::2"]]) {
  Deno.test(`a name registered at a peer is found from ${one} without DNS or hosts file`, () => {
    const world = new UdpWorld();
    const a = world.station(one, { peer: `${other.includes(":") ? `[${other}]` : other}:3435` });
    const b = world.station(other);
    assert.equal(a.finds(), false);
    b.register();
    assert.equal(a.finds(), true);
    connects(a, b);
    assert.equal(b.finds(nameHash("00".repeat(16))), false);
    for (const { layer, upper } of [a, b]) {
      layer.shutdown();
      upper.over = true;
    }
    world.time.advance(3_600_000);
    assert.equal(world.time.armed, 0);
  });
}

Deno.test("a question to a peer survives that it is lost, and that its answer is lost", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: "b" });
  const b = world.station(B);
  a.host.names.set("b", [B]);
  b.register();
  let sent = 0;
  world.network.onSend = () => ![1, 3].includes(++sent);
  assert.deepEqual(a.ask<boolean>((done) => a.layer.query(HASH, done), 200), success(true));
  assert.equal(sent, 5);
});

Deno.test("a peer may have a port of its own; its flows go there", () => {
  const world = new UdpWorld();
  const a = world.station(A, { port: "99", peer: `${B}:7` });
  const b = world.station(B, { port: "7" });
  b.register();
  connects(a, b);
});

Deno.test("the hosts file serves as directory, with the layer's port", () => {
  const world = new UdpWorld();
  const a = world.station(A, { port: "99" });
  const b = world.station(B, { port: "99" });
  b.register();
  a.host.names.set(HASH, ["::1", "0.0.0.0", B]);
  connects(a, b);
  // It is asked once: the directory knows it then.
  connects(a, b);
  const [first, another, ...more] = a.host.lookups;
  assert.deepEqual([first, more], [`${HASH}.`, []]);
  assert.match(another, /^[0-9a-f]{32}\.$/, "a name that nobody has");
});

for (const [one, other] of [[A, B], ["fd00::1", "fd00::2"]]) {
  Deno.test(`the DNS serves as directory for ${one}`, () => {
    const world = new UdpWorld();
    const dns = new SimulatedDns();
    world.network.servers.set("10.0.0.53", dns.answer);
    const a = world.station(one, { dns: "10.0.0.53" });
    const b = world.station(other, { dns: "10.0.0.53" });
    b.register();
    assert.deepEqual(dns.addresses(`${HASH}.`), [other]);
    connects(a, b);
    const outcome = b.ask<void>((done) => b.layer.unregister(HASH, done));
    assert.deepEqual([outcome.ok, dns.records], [true, []]);
    assert.deepEqual(a.host.lookups, []);
  });
}

Deno.test("a name that the DNS server does not take is not registered, and that is told", () => {
  const world = new UdpWorld();
  const dns = new SimulatedDns();
  dns.readOnly = true;
  world.network.servers.set("10.0.0.53", dns.answer);
  const b = world.station(B, { dns: "10.0.0.53" });
  const refused = b.ask<void>((done) => b.layer.register(HASH, done));
  assert(!refused.ok && /REFUSED/.test(refused.error.message));
  assert(
    b.lines.some((line) => /Could not add 7862c6fe in the DNS: .*REFUSED/.test(line)),
    b.lines.join("\n"),
  );
  world.time.advance(20_000);
  dns.readOnly = false;
  b.register();
  assert.deepEqual(dns.addresses(`${HASH}.`), [B]);
  b.layer.shutdown();
  world.time.advance(100);
  assert.deepEqual(dns.records, []);
});

Deno.test("a name that nobody knows is looked up at most once a second", () => {
  const world = new UdpWorld();
  const a = world.station(A);
  for (let i = 0; i < 5; i++) assert.equal(a.finds(), false);
  assert.equal(a.host.lookups.length, 1);
  world.time.advance(1000);
  a.host.names.set(HASH, [B]);
  assert.equal(a.finds(), true);
});

Deno.test("a layer without a peer and without a DNS server says so where the system cannot look names up", () => {
  const world = new UdpWorld();
  const a = world.station(A);
  a.host.resolver.lookup = () => {};
  const outcome = a.ask<boolean>((done) => a.layer.query(HASH, done), 3100);
  assert(
    !outcome.ok &&
      /neither peer nor dns; as for the system, no DNS server answered/.test(outcome.error.message),
  );
});

Deno.test("a first look-up over 600 ms each way finds the name, within three round trips", () => {
  for (const delay of [150, 600]) {
    const world = new UdpWorld(delay);
    const a = world.station(A, { peer: B });
    const b = world.station(B);
    b.register();
    const start = world.time.now();
    assert.equal(a.finds(), true);
    assert(world.time.now() - start < 2 * delay + 20);
    assert.equal(a.allocate(HASH, Uint8Array.of(1), 3 * delay).reply?.response, 0);
    assert(world.time.now() - start < 6 * delay);
  }
});

Deno.test("a name that a peer of our kind does not have is unknown after one round trip", () => {
  const world = new UdpWorld(10);
  const a = world.station(A, { peer: B });
  world.station(B);
  const start = world.time.now();
  assert.deepEqual(a.ask<boolean>((done) => a.layer.query(HASH, done)), success(false));
  assert(world.time.now() - start <= 30);
});

Deno.test("a search list with a wildcard does not make names known: hashes are looked up as absolute names", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B);
  a.host.wildcard = { searched: "10.0.0.9" };
  assert.equal(a.finds(), false);
  b.register();
  world.time.advance(2000);
  connects(a, b);
});

Deno.test("a DNS that gives an address to every name does not make names known", () => {
  const world = new UdpWorld();
  const [a, lone] = [world.station(A, { peer: B }), world.station("10.0.0.3")];
  const b = world.station(B);
  for (const { host } of [a, lone]) host.wildcard = { any: "10.0.0.9" };
  assert.deepEqual([a.finds(), lone.finds()], [false, false]);
  lone.host.names.set(HASH, [B]);
  b.register();
  world.time.advance(2000);
  connects(a, b);
  connects(lone, b);
});

Deno.test("where peers deny a name, a system without a DNS server does not hold that up for longer than a second", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  world.station(B);
  a.host.resolver.lookup = () => {};
  const start = world.time.now();
  assert.deepEqual(a.ask<boolean>((done) => a.layer.query(HASH, done), 1500), success(false));
  assert(world.time.now() - start <= 1005);
});

Deno.test("what a peer says counts more than what the system has found before", () => {
  const world = new UdpWorld(80);
  const a = world.station(A, { peer: B });
  const b = world.station(B);
  a.host.names.set(HASH, ["10.0.0.9"]);
  b.register();
  assert.equal(a.allocate().reply?.response, 0);
});

Deno.test("peers that are silent hold up what the system has found for a second, once", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: "10.0.0.7" });
  const b = world.station(B);
  b.register();
  a.host.names.set(HASH, [B]);
  const start = world.time.now();
  assert.equal(a.finds(), true);
  assert(world.time.now() - start <= 1010);
  connects(a, b);
});

Deno.test("who is refused because of its clock gets to read by how much, and a stranger no more than fits", () => {
  const told = "its clock is 1000 ms ahead of the clock of the host that was asked; set the clocks";
  for (const [words, length] of [[told, told.length], ["x".repeat(500), 200]] as const) {
    const world = new UdpWorld();
    const a = world.station(A, { peer: B });
    const b = world.station(B);
    b.register();
    b.upper.onRequest = (_request, done) =>
      done(failure(new AuthError("the reason for the log", { told: words })));
    const { reply } = a.allocate();
    assert.equal(reply?.response, -1009);
    assert.equal(new TextDecoder().decode(reply.data), words.slice(0, length));
  }
});

Deno.test("a requester behind address translation is answered", () => {
  const world = new UdpWorld();
  const a = world.station("192.168.0.1", { peer: B }, "203.0.113.1");
  const b = world.station(B);
  b.register();
  connects(a, b);
});

Deno.test("a name of another layer of the host cannot be reached", () => {
  const world = new UdpWorld();
  const a = world.station(A);
  const b = world.station(B);
  a.host.names.set(HASH, [B]);
  assert.equal(a.allocate().reply, undefined);
  assert.deepEqual([b.offered, b.dropped], [[], { unknownName: 1 }]);
});

Deno.test("a refusal reaches the requester with its number", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B);
  b.register();
  b.accept({ response: -1009, data: new Uint8Array(0) });
  assert.equal(a.allocate().reply?.response, -1009);
  assert.deepEqual([a.upper.open, b.upper.open], [0, 0]);
});

Deno.test("packets of up to 8976 bytes are carried, longer ones are not sent", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B);
  assert.deepEqual([a.layer.maxPacket, a.layer.mpl], [8976, 5000]);
  b.register();
  const requester = a.allocate();
  for (const length of [8976, 8977]) requester.write(new Uint8Array(length));
  world.time.advance(10);
  assert.deepEqual(b.offered[0].received.map(({ length }) => length), [8976]);
});

Deno.test("too much data of the allocation protocol is refused before anything is sent", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B);
  b.register();
  assert.equal(a.allocate(HASH, new Uint8Array(1986)).reply?.response, -90);
  assert.equal(a.allocate(HASH, new Uint8Array(1985)).reply?.response, 0);
});

Deno.test("senders wait while the network does not take packets", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B);
  b.register();
  const requester = a.allocate();
  a.host.blocked = true;
  for (let i = 0; i < 1000; i++) requester.write(Uint8Array.of(i));
  a.host.blocked = false;
  world.time.advance(10);
  assert.deepEqual(b.offered[0].received, Array.from({ length: 1000 }, (_, index) => Uint8Array.of(index)));
});

Deno.test("log lines and statistics name the address and the port", () => {
  const world = new UdpWorld();
  const a = world.station(A, { cport: "5000", sport: "99" });
  assert.deepEqual(a.lines, [
    "ipcpd/udp4(WW): Option cport is not used: packets are sent from port 99.",
    "ipcpd/udp4(II): Bootstrapped IPCP over UDP/IPv4 with pid 7.",
    "ipcpd/udp4(DB): Bound to IP address 10.0.0.1, port 99.",
  ]);
  assert.equal(a.layer.stats?.().own, "10.0.0.1:99");
});

Deno.test("a bootstrap that fails can be tried again", () => {
  const time = new VirtualTime();
  const host = new UdpNetwork(time).host([A]);
  host.openUdp(A, 7).onDatagram(() => {});
  const { ipcp } = new Station(time, host, 4, 1);
  const outcomes: Outcome<Layer>[] = [];
  const bootstrap = (given: Record<string, string>) =>
    ipcp.bootstrap(
      { layer: "l", options: checkOptions(udp4.options, given) },
      (outcome) => outcomes.push(outcome),
    );
  bootstrap({ ip: A, port: "7" });
  time.advance(1000);
  const [refused] = outcomes.splice(0);
  assert(!refused.ok);
  assert.match(`${refused.error}`, /ExistsError: UDP port 7 of 10\.0\.0\.1 is in use/);
  assert.throws(() => bootstrap({ ip: B }), /NotFoundError: 10\.0\.0\.2 is not an address of this host/);
  bootstrap({ ip: A });
  const [made] = outcomes;
  assert(made.ok);
  assert.deepEqual([made.value.name, made.value.hash], ["l", "MD5"]);
});
