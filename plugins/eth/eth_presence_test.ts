/** Tests of flows on Ethernet whose other end is no longer there. @module */
import assert from "node:assert/strict";
import { QOS } from "../../core/contract/qos.ts";
import { bytesOf, EthWorld, forBoth, HASH } from "../testing/ethernet.ts";

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
