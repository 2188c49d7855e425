/** Tests of what happens to the device below. @module */
import assert from "node:assert/strict";
import { ExistsError } from "../../core/contract/errors.ts";
import { bytesOf, EthWorld, forBoth, HASH, Station } from "../testing/ethernet.ts";

forBoth("a device that is down suspends the flows; they go on with the same ends", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow, other] = world.connect(one, two);
  one.device.up = false;
  assert.deepEqual([flow.suspended, other.suspended], [true, false]);
  flow.write(bytesOf(3));
  world.wait(100);
  assert.equal(flow.lost, undefined);
  assert.equal(one.allocate().reply?.response, -1005);
  one.device.up = true;
  assert.equal(flow.suspended, false);
  flow.write(bytesOf(4));
  world.wait(5);
  assert.deepEqual(other.received, [bytesOf(4)]);
  assert.match(one.lines.join("\n"), /\(WW\): eth0 is down or has no carrier\.[^]*\(II\): eth0 is up\./);
});

forBoth("a device that vanishes takes its flows with it, and comes back", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow] = world.connect(one, two);
  two.ignore();
  const asking = one.request();
  one.device.remove();
  assert.match(flow.lost ?? "", /^eth0 is gone: the device was removed$/);
  assert.equal(asking.reply?.response, -1005);
  one.deallocate(flow);
  world.wait(3000);
  assert.equal(one.upper.open, 0);
  const failed = one.ask<boolean>((done) => one.layer.query(HASH, done));
  assert(!failed.ok && /eth0 is gone/.test(failed.error.message));
  one.device.restore();
  world.wait(1000);
  two.accept();
  assert.equal(one.allocate().reply?.response, 0);
  one.layer.shutdown();
});

forBoth("a device that vanishes takes flows that are offered with it", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  two.register();
  two.upper.onRequest = (request, done) => {
    const flow = two.upper.flow(request.qos);
    two.offered.push(flow);
    done({ ok: true, value: flow });
  };
  one.request();
  world.wait(200);
  two.device.remove();
  const [offered] = two.offered;
  assert.match(offered.lost ?? "", /is gone/);
  const outcome = two.ask<void>((done) =>
    two.layer.respond(offered, { response: 0, data: bytesOf(0) }, done)
  );
  assert(!outcome.ok);
  two.deallocate(offered);
  world.wait(10);
  assert.equal(two.upper.open, 0);
});

forBoth("the largest packet follows the device", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow, other] = world.connect(one, two);
  one.device.mtu = 1000;
  const largest = type.format.maxPacket(1000);
  assert.deepEqual([flow.maxPacket, one.layer.maxPacket], [largest, largest]);
  flow.write(bytesOf(largest));
  flow.write(bytesOf(largest + 1));
  world.wait(5);
  assert.deepEqual(other.received, [bytesOf(largest)]);
  one.device.mtu = 9000;
  assert.equal(flow.maxPacket, type.plugin.name === "eth-dix" ? 8996 : 1497);
});

forBoth("flows wait while the device is busy, and none is left behind", (type) => {
  const world = new EthWorld(type, { rate: 10e6 });
  const [one, two] = [world.station(), world.station()];
  const pairs = Array.from({ length: 3 }, () => world.connect(one, two));
  for (let count = 0; count < 1000; count++) {
    for (const [flow] of pairs) flow.write(bytesOf(1000));
  }
  assert(one.device.queued <= 300, `${one.device.queued} frames wait`);
  world.wait(100);
  const counts = pairs.map(([, other]) => other.received.length);
  assert(counts.every((count) => count > 10), `the shares are ${counts}`);
  world.wait(5000);
  assert.deepEqual(pairs.map(([, other]) => other.received.length), [1000, 1000, 1000]);
});

forBoth("a flow that waits for the device ends when all its packets are out", (type) => {
  const world = new EthWorld(type, { rate: 10e6 });
  const [one, two] = [world.station(), world.station()];
  const [flow, other] = world.connect(one, two);
  for (let count = 0; count < 400; count++) flow.write(bytesOf(1000));
  one.deallocate(flow);
  world.wait(1000);
  assert(flow.gone);
  assert.equal(other.received.length, 400);
  assert.equal(other.lost, "the other end has deallocated the flow");
});

forBoth("a device that is called otherwise goes on; log and statistics say so", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow, other] = world.connect(one, two);
  one.device.name = "lan0";
  flow.write(bytesOf(3));
  world.wait(5);
  assert.deepEqual(other.received, [bytesOf(3)]);
  assert.equal(one.layer.stats?.().device, "lan0");
  assert.match(one.lines.join("\n"), /\(II\): eth0 is called lan0 now\./);
  one.device.remove();
  one.device.restore();
  world.wait(500);
  assert.equal(one.allocate().reply?.response, 0, "it is found under the name that it had last");
});

forBoth(
  "a device that comes back taken by somebody else is told of once, and used when it is free",
  (type) => {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    world.connect(one, two);
    one.device.remove();
    one.device.restore();
    const taken = one.device.open(type.format.filter);
    world.wait(3000);
    const failed = one.ask<boolean>((done) => one.layer.query(HASH, done));
    assert(!failed.ok && /somebody takes these frames of eth0 already/.test(failed.error.message));
    assert.equal(one.lines.filter((line) => /eth0 cannot be used/.test(line)).length, 1);
    taken.close();
    world.wait(500);
    assert.equal(one.allocate().reply?.response, 0);
  },
);

forBoth(
  "a second layer with the same frames on a device is refused, once the first had time to end",
  (type) => {
    const world = new EthWorld(type);
    const device = world.segment.device("eth9");
    const before = device.open(type.format.filter);
    const refused = new Station(world.time, device, type);
    const outcome = refused.bootstrap(type);
    assert(!outcome.ok && outcome.error instanceof ExistsError);
    const late = new Station(world.time, device, type);
    world.time.after(500, () => before.close());
    assert(late.bootstrap(type).ok);
  },
);
