/** Tests of layers over UDP whose own address goes and comes back. @module */
import assert from "node:assert/strict";
import { HASH, UdpWorld } from "../testing/udp.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";

Deno.test("flows wait while the own address is gone, the log and the statistics say so, and all goes on when it is back", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B, { peer: A });
  b.register();
  const flow = a.allocate();
  const [other] = b.offered;
  assert.deepEqual([a.layer.stats?.().present, flow.suspended], [true, false]);

  a.host.setAddress(A, false);
  assert.deepEqual([a.layer.stats?.().present, flow.suspended, flow.lost], [false, true, undefined]);
  const said = a.lines.filter((line) => line.includes("address"));
  assert.match(said.at(-1) ?? "", /\(WW\): This machine does not have the address 10\.0\.0\.1 any more/);
  world.time.advance(300_000);

  a.host.setAddress(A, true);
  assert.deepEqual([a.layer.stats?.().present, flow.suspended, flow.lost], [true, false, undefined]);
  assert.match(a.lines.at(-1) ?? "", /\(II\): Address 10\.0\.0\.1 is there again/);
  flow.write(Uint8Array.of(1));
  other.write(Uint8Array.of(2));
  world.time.advance(10);
  const packet = Uint8Array.of(1), greeting = new Uint8Array(0);
  assert.deepEqual([flow.received, other.received], [[Uint8Array.of(2)], [greeting, packet]]);
});

Deno.test("what is asked for while the own address is gone is refused at once, by its name", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B);
  b.register();
  a.host.setAddress(A, false);
  const outcome = a.ask<boolean>((done) => a.layer.query(HASH, done), 10);
  assert(!outcome.ok);
  assert.match(outcome.error.message, /does not have the address 10\.0\.0\.1 at the moment/);
  assert(a.allocate(HASH, new Uint8Array(36), 10).reply);
  a.host.setAddress(A, true);
  assert.equal(a.allocate().reply?.response, 0);
});

Deno.test("a flow that comes up while the own address is gone is suspended", () => {
  const world = new UdpWorld();
  const a = world.station(A);
  const b = world.station(B, { peer: A });
  a.register();
  const { onRequest } = a.upper;
  a.upper.onRequest = (request, done) => {
    a.host.setAddress(A, false);
    onRequest(request, done);
  };
  b.allocate();
  const [offered] = a.offered;
  assert.equal(offered.suspended, true);
  a.host.setAddress(A, true);
  assert.equal(offered.suspended, false);
});

Deno.test("peers hear at once from an end whose device has changed, one packet each, and not more than once a second", () => {
  const world = new UdpWorld();
  const a = world.station(A, { peer: B });
  const b = world.station(B, { peer: A });
  b.register();
  a.allocate();
  a.allocate();
  const heard = () => b.offered.reduce((count, { received }) => count + received.length, 0);
  a.host.setAddress(A, true);
  world.time.advance(10);
  assert.equal(heard(), 1);
  for (let change = 0; change < 100; change++) a.host.setAddress(A, true);
  world.time.advance(10);
  assert.equal(heard(), 3);
});

Deno.test("peers of the configuration hear from an IPCP that was started, and when its device has changed, without a flow", () => {
  const world = new UdpWorld();
  const peer = world.peer(B);
  const a = world.station(A, { peer: B });
  world.time.advance(10);
  assert.deepEqual(peer.told(), [{ code: "absent", destination: 0 }]);
  a.host.setAddress(A, true);
  world.time.advance(10);
  assert.deepEqual(peer.told(), [{ code: "absent", destination: 0 }]);
  const b = world.remake(a, A);
  b.host.setAddress(A, true);
  world.time.advance(10);
  assert.deepEqual(peer.told(), []);
});
