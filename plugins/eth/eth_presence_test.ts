/** Tests of flows on Ethernet whose other end is no longer there. @module */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import type { SimulatedFlow } from "../../core/conformance/ipcp/simulated_upper.ts";
import { comesFrom, macAddress } from "../../core/wire/ethernet_frame.ts";
import { bytesOf, EthWorld, forBoth, HASH, OTHER, type Station } from "../testing/ethernet.ts";

forBoth(
  "a frame for an end that is not there is answered with its id, and only one that is for this station",
  (type) => {
    const world = new EthWorld(type);
    const station = world.station();
    const peer = world.peer();
    const own = station.device.address;
    station.device.promiscuous = true;
    peer.frame(bytesOf(9), own, 42, 10);
    peer.frame(bytesOf(9), peer.device.address.map((byte) => byte ^ 2), 43, 10);
    peer.frame(bytesOf(9), new Uint8Array(6).fill(0xff), 44, 10);
    world.wait(5);
    assert.deepEqual(peer.heard.map(({ message, group }) => [message, group]), [
      [{ code: "absent", destination: 42 }, false],
    ]);
  },
);

forBoth("a flow ends when its peer was made anew: a notice, a check and the deallocation", (type) => {
  const world = new EthWorld(type);
  const station = world.station();
  station.register();
  const peer = world.peer();
  const own = station.device.address;
  peer.say({ code: "request", requester: 10, qos: QOS.raw, hash: HASH, data: bytesOf(36) }, own);
  world.wait(5);
  const [reply] = peer.messages("reply");
  assert(reply.code === "reply");
  const [flow] = station.offered;
  peer.say({ code: "absent", destination: 11 }, own);
  world.wait(5);
  assert.deepEqual(peer.messages("check"), []);
  peer.say({ code: "absent", destination: 10 }, own);
  world.wait(5);
  assert.deepEqual(peer.messages("check"), [{ code: "check", source: reply.responder, destination: 10 }]);
  assert.equal(flow.lost, undefined);
  peer.say({ code: "deallocate", source: 10, destination: reply.responder }, own);
  world.wait(5);
  assert.match(flow.lost ?? "", /does not know the flow any more: it was restarted/);
});

forBoth("a member says that an end is there, or that it is not, and to nobody else", (type) => {
  const world = new EthWorld(type);
  const [one, two] = [world.station(), world.station()];
  const [flow] = world.connect(one, two);
  const [stranger] = [world.peer()];
  for (let end = 2; end <= 63; end++) {
    stranger.say({ code: "check", source: end, destination: end }, two.device.address);
  }
  world.wait(5000);
  assert.deepEqual(stranger.messages("present"), []);
  assert.equal(stranger.messages("deallocate").length, 62);
  assert.equal(flow.lost, undefined);
});

/** The address that a device has got. */
const NEW = macAddress(Uint8Array.of(2, 0, 0, 0, 9, 9));

/** Milliseconds after which members know that the other one answers questions. */
const MET = 1100;

/** The ends at `one` of flows that either has asked for. */
function joined(world: EthWorld, one: Station, two: Station): [asked: SimulatedFlow, offered: SimulatedFlow] {
  const [asked] = world.connect(one, two);
  const [, offered] = world.connect(two, one, OTHER);
  world.wait(MET);
  return [asked, offered];
}

/** Lets the processes above write, and time pass, until all flows are lost; gives the milliseconds. */
function untilLost(world: EthWorld, ...flows: readonly SimulatedFlow[]): number {
  const begin = world.time.now();
  while (flows.some(({ lost }) => lost === undefined)) {
    assert(world.time.now() - begin < 20_000, "a flow is still up");
    for (const flow of flows) if (flow.lost === undefined) flow.write(bytesOf(1));
    world.wait(250);
  }
  return world.time.now() - begin;
}

forBoth(
  "flows end soon when the IPCP of their other ends is back at another address, who ever had asked for them",
  (type) => {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    const [asked, offered] = joined(world, one, two);
    two.device.kill();
    two.device.address = NEW;
    world.wait(400);
    world.remake(two).register();
    world.wait(2000);
    for (const flow of [asked, offered]) {
      assert.equal(
        flow.lost,
        "the other end is silent, and 02:00:00:00:09:09 says that it had its address before",
      );
    }
  },
);

forBoth("a flow ends soon when its name is at another address, and what had it is silent", (type) => {
  const world = new EthWorld(type);
  const [one, two, three] = [world.station(), world.station(), world.station()];
  const [flow] = world.connect(one, two);
  world.wait(MET);
  two.device.remove();
  three.register();
  assert(untilLost(world, flow) <= 4500);
  assert.equal(flow.lost, "the other end is silent, and its name is at another address now");
});

forBoth("a flow whose other end is silent does not end because others had its name all the while", (type) => {
  const world = new EthWorld(type);
  const [one, two, three] = [world.station(), world.station(), world.station()];
  three.register();
  const [flow] = world.connect(one, two);
  world.wait(MET);
  const other = two.offered.length > 0 ? two : three;
  world.segment.impairment = (_frame, from) => from === other.device ? [] : [0];
  for (let written = 0; written < 40; written++) {
    flow.write(bytesOf(1));
    world.wait(250);
  }
  assert.equal(flow.lost, undefined);
});

forBoth(
  "flows end soon after an outage in which their other ends' device has got another address",
  (type) => {
    for (const killed of [false, true]) {
      const world = new EthWorld(type);
      const [one, two] = [world.station(), world.station()];
      const [asked, offered] = joined(world, one, two);
      world.segment.impairment = () => [];
      world.wait(1000);
      two.device.address = NEW;
      if (killed) world.remake(two).register();
      for (let written = 0; written < 40; written++) {
        asked.write(bytesOf(1));
        offered.write(bytesOf(1));
        world.wait(250);
      }
      assert.deepEqual([asked.lost, offered.lost], [undefined, undefined]);
      world.segment.impairment = undefined;
      assert(untilLost(world, asked, offered) <= 4500);
    }
  },
);

forBoth(
  "flows over a device that was down end soon when the other ends have another address meanwhile",
  (type) => {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    const [asked, offered] = joined(world, one, two);
    one.device.up = false;
    two.device.address = NEW;
    world.wait(10_000);
    one.device.up = true;
    world.wait(2500);
    for (const flow of [asked, offered]) {
      assert.match(
        flow.lost ?? "",
        /02:00:00:00:09:09 says that it had its address/,
      );
    }
  },
);

forBoth(
  "nobody ends a flow by saying that it had an address, or has a name, while its other end is there",
  (type) => {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    const flows = [...world.connect(one, two), ...world.connect(two, one, OTHER)];
    world.wait(MET);
    const stranger = world.peer();
    stranger.onMessage = (message, from) => {
      if (message.code === "query") stranger.say({ code: "answer", hash: message.hash }, from);
      if (message.code === "seek") stranger.say({ code: "former", address: message.address }, from);
    };
    for (let said = 0; said < 200; said++) {
      for (const { device } of [one, two]) stranger.say({ code: "former", address: device.address });
      world.wait(50);
    }
    // A short silence is none.
    world.segment.impairment = (frame) => comesFrom(frame, two.device.address) ? [] : [0];
    for (let written = 0; written < 7; written++) {
      flows[0].write(bytesOf(1));
      stranger.say({ code: "former", address: two.device.address });
      world.wait(150);
    }
    world.segment.impairment = undefined;
    world.wait(10_000);
    assert.deepEqual(flows.map(({ lost }) => lost), Array(4).fill(undefined));
  },
);

forBoth(
  "who says that it had the address of a peer makes its IPCP ask for four flows of it, once a second",
  (type) => {
    const world = new EthWorld(type);
    const [one, two] = [world.station(), world.station()];
    for (let count = 0; count < 20; count++) world.connect(one, two);
    world.wait(MET);
    let checks = 0;
    world.segment.onSend = (frame) => {
      if (comesFrom(frame, one.device.address)) checks++;
    };
    const stranger = world.peer();
    for (let said = 0; said < 100; said++) {
      stranger.say({ code: "former", address: two.device.address });
      world.wait(20);
    }
    assert(checks > 0 && checks <= 2 * 4 * 4, `${checks} frames`);
  },
);

forBoth(
  "a peer that never answers questions, as the reference, is not given up because a stranger had its address",
  (type) => {
    const world = new EthWorld(type);
    const station = world.station();
    station.register();
    const peer = world.peer(), stranger = world.peer();
    peer.say(
      { code: "request", requester: 10, qos: QOS.raw, hash: HASH, data: bytesOf(36) },
      station.device.address,
    );
    world.wait(MET);
    const [flow] = station.offered;
    for (let said = 0; said < 40; said++) {
      flow.write(bytesOf(1));
      stranger.say({ code: "former", address: peer.device.address });
      world.wait(250);
    }
    assert.equal(flow.lost, undefined);
  },
);
